//! What a person looks at after a run: one self-contained page, and a summary on one screen of the terminal.
//!
//! [`Report`] is plain data that the caller fills in, in SI units; it knows no engine and no file. [`Report::to_html`] gives a page that needs
//! nothing from outside itself; [`Report::terminal_summary`] gives at most 24 lines. Whatever is left out of a drawing is said beside it.
//!
//! The plots are drawn in the reader's browser by Apache ECharts, which is part of the page (`assets/charts.js`, Apache-2.0).
//!
//! ```
//! use oscine_report::{Report, SpikeRecord};
//!
//! let report = Report {
//!     title: "Two cells".into(),
//!     spikes: vec![SpikeRecord {
//!         name: "raster".into(),
//!         population: "cells".into(),
//!         recorded: 0..2,
//!         from: 0.0,
//!         until: 1.0,
//!         times: vec![0.1, 0.4, 0.7],
//!         cells: vec![0, 1, 0],
//!     }],
//!     ..Report::default()
//! };
//! assert!(report.to_html().contains("<title>Two cells"));
//! assert!(report.terminal_summary(80, false).contains("1.50 Hz"));
//! ```

// Only the program prints.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

mod activity;
mod activity_figures;
mod claim_parts;
mod figure;
mod figure_json;
mod page;
mod page_parts;
mod quantity;
mod raster;
mod report;
mod terminal;
mod terminal_plots;
mod traces;

pub use figure::{AxisScale, ColourMap, Figure, FigureAxis, Interval, Mark, Panel, Series};
pub use quantity::quantity;
pub use report::{
    EventCount, NumberRow, Population, Projection, Report, ReportedClaim, RunFacts, SampleRecord,
    SpikeRecord, Spread, StageTime, TraceRecord, TraceVariable,
};
pub use terminal_plots::blocks;

// Draws the figures of the page: each <figure> holds its figure as JSON, in readable units, and an empty element to draw in.
"use strict";
(() => {
  const root = document.documentElement;
  const narrow = () => innerWidth < 640;
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const escaped = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const COLOURS = 8;
  const FONT = getComputedStyle(document.body).fontFamily;
  const LEFT = 52, RIGHT = 22, NAME = 30, GAP = 14, AXIS = 46, SLIDER = 40;
  const RATE_POINTS = 400;

  const figures = Array.from(document.querySelectorAll("figure"), (element) => ({
    element,
    place: element.querySelector(".chart"),
    choices: element.querySelector(".choices"),
    drawing: JSON.parse(element.querySelector("script").textContent),
    chart: null, hidden: null, closed: new Set(), window: { start: 0, end: 100 },
  }));
  // Horizontal values that are those of the series before are written once.
  for (const { drawing } of figures) {
    let before = [];
    for (const panel of drawing.panels) {
      for (const series of panel.series) before = series.x = series.x ?? before;
    }
  }

  function short(value) {
    if (value === 0) return "0";
    const size = Math.abs(value);
    if (size >= 1e6 || size < 1e-4) {
      const [digits, power] = value.toExponential(1).split("e");
      return `${digits.replace(/\.0$/, "")}e${Number(power)}`.replace("-", "−");
    }
    return String(Number(value.toPrecision(6))).replace("-", "−").replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ",");
  }
  function figuresOf(value) {
    return value === null || value === undefined || Number.isNaN(value) ? "–" : short(Number(Number(value).toPrecision(4)));
  }

  // Names in the order in which they come: a name keeps its colour in all panels.
  function names(drawing) {
    const found = new Map();
    for (const panel of drawing.panels) {
      for (const { name } of panel.series) {
        if (!found.has(name)) found.set(name, found.size % COLOURS);
      }
    }
    return found;
  }

  function points(series) {
    const pairs = new Array(series.y.length);
    if (series.mark === "bars") {
      for (let k = 0; k < series.y.length; k++) pairs[k] = [series.x[k], series.x[k + 1], series.y[k]];
    } else if (series.mark === "steps") {
      const outline = [];
      series.y.forEach((value, k) => outline.push([series.x[k], value], [series.x[k + 1], value]));
      if (outline.length) { outline.unshift([outline[0][0], 0]); outline.push([outline[outline.length - 1][0], 0]); }
      return outline;
    } else {
      for (let k = 0; k < series.y.length; k++) pairs[k] = [series.x[k], series.y[k]];
    }
    return pairs;
  }

  function drawnSeries(series, panel, axis, ink, alone, width, height, zoomed) {
    const shared = { name: series.name, xAxisIndex: axis, yAxisIndex: axis, animation: false, itemStyle: { color: ink }, data: points(series) };
    switch (series.mark) {
      case "bars":
        return {
          ...shared, type: "custom", encode: { x: [0, 1], y: 2 }, clip: true,
          renderItem: (_, api) => {
            const [left, top] = api.coord([api.value(0), api.value(2)]);
            const [right, bottom] = api.coord([api.value(1), 0]);
            const gap = right - left > 4 ? 1 : 0;
            return { type: "rect", shape: { x: left, y: top, width: Math.max(right - left - gap, 0.5), height: bottom - top }, style: { fill: ink, opacity: 0.85 } };
          },
        };
      case "ticks": {
        const rows = Math.max(new Set(series.y).size, 1);
        const filling = (tall) => (series.y.length * 1.5 * tall) / (Math.max(width, 100) * height * zoomed);
        let tall = Math.min(Math.max((height / rows) * 0.8, 1.6), 16);
        // Ticks that would fill the panel become see-through, so that dense and denser stay apart.
        const filled = filling(tall);
        if (filled < 0.04) tall = Math.max(tall, 4);
        return {
          ...shared, type: "scatter", symbol: "rect", large: true, largeThreshold: 1, progressive: 0, silent: true,
          symbolSize: [tall >= 4 ? 1.7 : 1.4, tall], itemStyle: { color: ink, opacity: Math.min(1, Math.max(0.35, 0.25 / filled)) }, emphasis: { disabled: true },
        };
      }
      case "points":
        return { ...shared, type: "scatter", symbolSize: series.y.length > 400 ? 3 : 5, large: series.y.length > 2000, itemStyle: { color: ink, opacity: 0.8 } };
      default: {
        const dashes = series.mark === "dashes", steps = series.mark === "steps";
        return {
          ...shared, type: "line", showSymbol: false, connectNulls: false, emphasis: { disabled: true }, silent: dashes,
          lineStyle: { color: ink, width: dashes ? 1.2 : alone ? 1.3 : 1.4, type: dashes ? [5, 4] : "solid", opacity: dashes ? 0.8 : 1 },
          areaStyle: steps || (alone && panel.y.zero && !panel.y.log && series.y.length > 200) ? { color: ink, opacity: steps ? 0.1 : 0.14 } : undefined,
        };
      }
    }
  }

  // Over a rate in fine bins, its mean over as many of them as the window holds too many of; the fine line then stands back.
  function meanOver(figure, series, fine) {
    const share = (figure.window.end - figure.window.start) / 100;
    const group = Math.floor((series.y.length * share) / RATE_POINTS);
    if (group < 2) return [];
    fine.lineStyle = { ...fine.lineStyle, opacity: narrow() ? 0.14 : 0.28, width: 1 };
    fine.areaStyle = undefined;
    const data = [];
    for (let k = 0; k + group <= series.y.length; k += group) {
      let sum = 0;
      for (let part = k; part < k + group; part++) sum += series.y[part];
      data.push([(series.x[k] + series.x[k + group - 1]) / 2, sum / group]);
    }
    return [{ ...fine, data, silent: true, z: 3, lineStyle: { ...fine.lineStyle, opacity: 1, width: 1.6 } }];
  }

  // The ends of an axis are named only if they are round.
  function edge(value, axis) {
    return (value === axis.min || value === axis.max) && Number(value.toPrecision(3)) !== value ? "" : short(value);
  }

  function options(figure) {
    const { drawing } = figure;
    const ink = colour("--ink"), dim = colour("--dim"), line = colour("--line"), grid = colour("--grid"), paper = colour("--paper");
    const palette = Array.from({ length: COLOURS }, (_, k) => colour(`--s${k}`));
    const known = names(drawing);
    const open = drawing.panels.filter((panel, k) => !figure.closed.has(k) && panel.series.some(({ name }) => shown(figure, name)));
    const whole = figure.window.end - figure.window.start > 99.9;
    const text = { color: dim, fontFamily: FONT, fontSize: 12 };
    const option = {
      animation: false, textStyle: { fontFamily: FONT }, grid: [], xAxis: [], yAxis: [], series: [],
      tooltip: {
        trigger: "axis", confine: true, backgroundColor: paper, borderColor: line, padding: [6, 10], textStyle: { color: ink, fontSize: 12, fontFamily: FONT },
        axisPointer: { type: "line", lineStyle: { color: dim, width: 1, type: "solid", opacity: 0.5 } },
        formatter: (items) => tip(Array.isArray(items) ? items : [items], drawing.x.name, open),
      },
    };
    let top = 0;
    open.forEach((panel, k) => {
      const last = k === open.length - 1;
      const height = narrow() ? Math.round(panel.height * 0.85) : panel.height;
      top += NAME;
      option.grid.push({ left: LEFT, right: RIGHT, top, height });
      top += height + (last ? AXIS : GAP);
      option.xAxis.push({
        type: drawing.x.log ? "log" : "value", gridIndex: k, min: drawing.x.min, max: drawing.x.max, scale: true, logBase: 10,
        name: last ? drawing.x.name : "", nameLocation: "middle", nameGap: 28, nameTextStyle: text, splitNumber: Math.max(3, Math.round(figure.place.clientWidth / 110)),
        axisLine: { show: true, onZero: false, lineStyle: { color: line } }, axisTick: { show: last, lineStyle: { color: line } },
        axisLabel: { show: last, ...text, formatter: (value) => edge(value, drawing.x), hideOverlap: true, showMinLabel: whole ? null : false, showMaxLabel: whole ? null : false }, splitLine: { show: false },
        axisPointer: { label: { show: false } },
      });
      const ticks = panel.series.some((series) => series.mark === "ticks");
      option.yAxis.push({
        type: panel.y.log ? "log" : "value", gridIndex: k, min: panel.y.min ?? (panel.y.zero && !panel.y.log ? 0 : undefined), max: panel.y.max, scale: !panel.y.zero, logBase: 10, minInterval: ticks ? 1 : 0,
        name: panel.y.name, nameLocation: "end", nameGap: 13, nameTextStyle: { ...text, align: "left", padding: [0, 0, 0, -LEFT + 8] },
        splitNumber: height < 170 ? 3 : 5, axisLine: { show: false, onZero: false }, axisTick: { show: false },
        axisLabel: { ...text, formatter: short, showMinLabel: ticks ? false : undefined, showMaxLabel: ticks ? false : undefined, hideOverlap: true },
        splitLine: { show: !ticks, lineStyle: { color: grid } }, axisPointer: { show: false },
      });
      const lines = panel.series.filter((series) => series.mark !== "dashes" && shown(figure, series.name)).length;
      for (const series of panel.series) {
        if (shown(figure, series.name)) {
          const made = drawnSeries(series, panel, k, palette[known.get(series.name)], lines === 1, figure.place.clientWidth, height, 100 / Math.max(figure.window.end - figure.window.start, 0.01));
          option.series.push(made);
          if (series.mark === "rate") option.series.push(...meanOver(figure, series, made));
        }
      }
    });
    if (drawing.zoom && open.length) {
      const all = open.map((_, k) => k);
      option.dataZoom = [
        { type: "inside", xAxisIndex: all, filterMode: "none", zoomOnMouseWheel: "ctrl", moveOnMouseMove: !narrow(), preventDefaultMouseMove: false, ...figure.window },
        {
          type: "slider", xAxisIndex: all, filterMode: "none", left: LEFT, right: RIGHT, top: top + 2, height: 18, showDataShadow: false, showDetail: false, brushSelect: false,
          borderColor: line, backgroundColor: "transparent", fillerColor: grid, handleSize: 22, handleStyle: { color: paper, borderColor: dim },
          moveHandleSize: 0, emphasis: { handleStyle: { borderColor: ink } }, ...figure.window,
        },
      ];
      option.axisPointer = { link: [{ xAxisIndex: "all" }] };
      top += SLIDER - 8;
    }
    figure.place.style.height = `${Math.max(top, 60)}px`;
    return option;
  }

  // An axis is named "name (unit)".
  function parted(name) {
    const [, plain, unit] = name.match(/^(.*?)(?: \(([^()]*)\))?$/s);
    return [plain, unit === undefined ? "" : unit === "%" ? " %" : ` ${unit}`];
  }

  function tip(items, across, open) {
    const rows = items.filter((item) => item && item.data && item.seriesType !== "scatter" || items.length === 1);
    if (!rows.length) return "";
    const first = rows[0].data;
    const seen = new Set();
    const dot = (item) => `<span style="display:inline-block;width:8px;height:8px;border-radius:50%;margin-right:6px;background:${item.color}"></span>`;
    const head = first.length === 3 ? `${figuresOf(first[0])} to ${figuresOf(first[1])}` : figuresOf(first[0]);
    const body = rows.filter(({ seriesName }) => !seen.has(seriesName) && seen.add(seriesName)).slice(0, 14).map((item) => `${dot(item)}${escaped(item.seriesName)} <b>${figuresOf(item.data[item.data.length - 1])}${escaped(parted(open[item.axisIndex ?? 0]?.y.name ?? "")[1])}</b>`);
    const [name, unit] = parted(across);
    return `<span style="opacity:.7">${escaped(name)} ${head}${escaped(unit)}</span><br>${body.join("<br>")}`;
  }

  function shown(figure, name) { return !figure.hidden.has(name); }

  // Buttons above a figure: one for each name where there are several, and one for each panel where names are chosen too.
  function choose(figure) {
    const known = names(figure.drawing);
    figure.hidden = new Set(figure.drawing.shown ? [...known.keys()].slice(figure.drawing.shown) : []);
    const button = (label, swatch, isOn, flip) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = label;
      if (swatch !== null) made.style.setProperty("--swatch", `var(--s${swatch})`);
      made.setAttribute("aria-pressed", isOn());
      made.addEventListener("click", () => { flip(); made.setAttribute("aria-pressed", isOn()); draw(figure); });
      figure.choices.append(made);
    };
    const toggled = (set, key) => () => { set.has(key) ? set.delete(key) : set.add(key); };
    if (known.size > 1) {
      for (const name of known.keys()) button(name, known.get(name), () => shown(figure, name), toggled(figure.hidden, name));
    }
    if (figure.drawing.shown && figure.drawing.panels.length > 1) {
      figure.choices.append(document.createElement("span"));
      figure.drawing.panels.forEach((panel, k) => button(panel.y.name, null, () => !figure.closed.has(k), toggled(figure.closed, k)));
    }
  }

  function draw(figure) {
    figure.width = figure.place.clientWidth;
    const option = options(figure);
    if (!figure.chart) {
      figure.chart = echarts.init(figure.place, null, { renderer: "canvas" });
      figure.chart.on("datazoom", () => {
        const [zoom] = figure.chart.getOption().dataZoom;
        figure.window = { start: zoom.start, end: zoom.end };
        // How series and ends of the axis are drawn depends on the window; the rest is left as it is.
        clearTimeout(figure.waiting);
        figure.waiting = setTimeout(() => {
          const { series, xAxis } = options(figure);
          figure.chart.setOption({ series, xAxis }, { replaceMerge: ["series"] });
        }, 200);
      });
    }
    figure.chart.resize();
    figure.chart.setOption(option, { notMerge: true });
  }

  for (const figure of figures) {
    choose(figure);
    options(figure);
  }
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const figure = figures.find(({ element }) => element === entry.target);
      if (entry.isIntersecting && !figure.chart) draw(figure);
    }
  }, { rootMargin: "600px" });
  figures.forEach(({ element }) => seen.observe(element));
  const redraw = () => figures.filter(({ chart }) => chart).forEach(draw);

  const sized = new ResizeObserver((entries) => {
    for (const entry of entries) {
      const figure = figures.find(({ place }) => place === entry.target);
      const width = Math.round(entry.contentRect.width);
      if (figure.chart && figure.width !== width) draw(figure);
    }
  });
  figures.forEach(({ place }) => sized.observe(place));
  addEventListener("beforeprint", () => figures.forEach(draw));

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const button = document.getElementById("theme");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const label = () => { button.textContent = isDark() ? "Light" : "Dark"; };
  const remember = (theme) => { try { localStorage.setItem("oscine-theme", theme); } catch { /* A page from a file may not store; it then forgets. */ } };
  try { const kept = localStorage.getItem("oscine-theme"); if (kept) root.dataset.theme = kept; } catch { /* As above. */ }
  button.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; remember(root.dataset.theme); label(); redraw(); });
  dark.addEventListener("change", () => { label(); redraw(); });
  label();
})();

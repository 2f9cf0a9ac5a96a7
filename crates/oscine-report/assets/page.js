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
  const LISTED_POINTS = 400, MAP_SCALE = 44;
  // Viridis (van der Walt & Smith 2015): even in lightness, and told apart by colour-blind readers.
  const PLANE = ["#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725"];

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
      const sure = series.low;
      for (let k = 0; k < series.y.length; k++) {
        pairs[k] = sure ? [series.x[k], series.y[k], sure[k], series.high[k]] : [series.x[k], series.y[k]];
      }
    }
    return pairs;
  }

  const present = (value) => value !== null && value !== undefined && !Number.isNaN(value);

  // How sure each value is: a band about a line, upright bars about points.
  function sureness(series, panel, axis, ink) {
    const ends = series.x.map((x, k) => [x, series.low[k], series.high[k]]);
    const shared = { name: series.name, type: "custom", xAxisIndex: axis, yAxisIndex: axis, animation: false, silent: true, clip: true, z: 1, encode: { x: 0, y: [1, 2], tooltip: [] }, tooltip: { show: false }, data: ends };
    if (series.mark === "points") {
      return {
        ...shared,
        renderItem: (_, api) => {
          if (!present(ends[_.dataIndex][1]) || !present(ends[_.dataIndex][2])) return null;
          const [x, low] = api.coord([api.value(0), api.value(1)]), [, high] = api.coord([api.value(0), api.value(2)]);
          return { type: "line", shape: { x1: x, y1: low, x2: x, y2: high }, style: { stroke: ink, lineWidth: 1.4, opacity: 0.6 } };
        },
      };
    }
    // One outline for each run of values without a gap, drawn by its first value.
    const first = ends.map(([, low, high], k) => present(low) && present(high) && !(k && present(ends[k - 1][1]) && present(ends[k - 1][2])));
    return {
      ...shared,
      renderItem: (item, api) => {
        if (!first[item.dataIndex]) return null;
        const below = [], above = [];
        for (let k = item.dataIndex; k < ends.length && present(ends[k][1]) && present(ends[k][2]); k++) {
          below.push(api.coord([ends[k][0], ends[k][1]]));
          above.push(api.coord([ends[k][0], ends[k][2]]));
        }
        return { type: "polygon", shape: { points: [...below, ...above.reverse()] }, style: { fill: ink, opacity: 0.18 } };
      },
    };
  }

  // Where a column begins and ends: half-way to its neighbours, in the logarithm on a logarithmic axis.
  function edges(places, log) {
    const laid = log ? places.map(Math.log) : places;
    const found = laid.slice(1).map((place, k) => (place + laid[k]) / 2);
    const one = laid.length > 1 ? 0 : 0.5;
    found.unshift(one ? laid[0] - one : laid[0] - (found[0] - laid[0]));
    found.push(one ? laid[0] + one : laid[laid.length - 1] + (laid[laid.length - 1] - found[found.length - 1]));
    return log ? found.map(Math.exp) : found;
  }

  function plane(map, panel, x, axis) {
    const across = edges(map.x, x.log), up = edges(map.y, panel.y.log), data = [];
    map.values.forEach((value, k) => {
      const column = k % map.x.length, row = Math.floor(k / map.x.length);
      if (present(value)) data.push([across[column], across[column + 1], up[row], up[row + 1], value, map.x[column], map.y[row]]);
    });
    return {
      name: map.name, type: "custom", xAxisIndex: axis, yAxisIndex: axis, animation: false, clip: true, z: 0, encode: { x: [0, 1], y: [2, 3] }, data,
      renderItem: (_, api) => {
        const [left, bottom] = api.coord([api.value(0), api.value(2)]), [right, top] = api.coord([api.value(1), api.value(3)]);
        return { type: "rect", shape: { x: Math.min(left, right), y: Math.min(top, bottom), width: Math.abs(right - left) + 0.5, height: Math.abs(bottom - top) + 0.5 }, style: { fill: api.visual("color") } };
      },
    };
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
        return { ...shared, type: "scatter", z: 3, encode: { x: 0, y: 1 }, symbolSize: series.y.length > 400 ? 3 : 6, large: series.y.length > 2000, itemStyle: { color: ink, opacity: 0.8 } };
      default: {
        const dashes = series.mark === "dashes", steps = series.mark === "steps";
        return {
          ...shared, type: "line", encode: { x: 0, y: 1 }, showSymbol: series.mark === "marked" && series.y.length <= 60, symbol: "circle", symbolSize: 5, connectNulls: false, emphasis: { disabled: true }, silent: dashes,
          lineStyle: { color: ink, width: dashes ? 1.2 : series.low ? 1.8 : alone ? 1.3 : 1.4, type: dashes ? [5, 4] : "solid", opacity: dashes ? 0.8 : 1 },
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
    const open = drawing.panels.filter((panel, k) => !figure.closed.has(k) && (panel.map || panel.series.some(({ name }) => shown(figure, name))));
    const whole = figure.window.end - figure.window.start > 99.9;
    const text = { color: dim, fontFamily: FONT, fontSize: 12 };
    const option = {
      animation: false, textStyle: { fontFamily: FONT }, grid: [], xAxis: [], yAxis: [], series: [],
      tooltip: {
        trigger: "axis", confine: true, backgroundColor: paper, borderColor: line, padding: [6, 10], textStyle: { color: ink, fontSize: 12, fontFamily: FONT },
        axisPointer: { type: "line", lineStyle: { color: dim, width: 1, type: "solid", opacity: 0.5 } },
        formatter: (items) => (drawing.panels.some(({ map }) => map) ? placeTip(items, drawing, open) : tip(Array.isArray(items) ? items : [items], drawing.x, open, option.series)),
      },
    };
    if (drawing.panels.some(({ map }) => map)) option.tooltip.trigger = "item";
    // Names along the axis are slanted where they would not fit.
    const labels = drawing.x.labels;
    const slanted = labels && labels.reduce((sum, label) => sum + label.length * 7 + 14, 0) > figure.place.clientWidth - LEFT - RIGHT;
    const deep = slanted ? Math.min(70, Math.max(...labels.map((label) => label.length)) * 4.2) : 0;
    const wide = drawing.panels.some(({ y }) => y.labels) ? Math.min(figure.place.clientWidth / 3, Math.max(...drawing.panels.flatMap(({ y }) => y.labels ?? [""]).map((label) => label.length)) * 7 + 14) : LEFT;
    const named = (axis) => (axis.labels ? { min: -0.5, max: axis.labels.length - 0.5, scale: true, axisTick: { show: false } } : {});
    const placesOf = (axis) => (axis.labels ? { customValues: axis.labels.map((_, at) => at) } : {});
    const label = (axis, plain) => (axis.labels ? (value) => axis.labels[value] ?? "" : plain);
    let top = 0;
    open.forEach((panel, k) => {
      const last = k === open.length - 1;
      const height = narrow() ? Math.round(panel.height * 0.85) : panel.height;
      top += NAME;
      option.grid.push({ left: wide, right: RIGHT, top, height });
      top += height + (last ? AXIS + deep : GAP);
      option.xAxis.push({
        type: drawing.x.log ? "log" : "value", gridIndex: k, min: drawing.x.min, max: drawing.x.max, scale: true, logBase: 10,
        name: last ? drawing.x.name : "", nameLocation: "middle", nameGap: 28 + deep, nameTextStyle: text, splitNumber: Math.max(3, Math.round(figure.place.clientWidth / 110)),
        axisLine: { show: true, onZero: false, lineStyle: { color: line } }, axisTick: { show: last, lineStyle: { color: line } },
        axisLabel: { show: last, ...text, formatter: label(drawing.x, (value) => edge(value, drawing.x)), rotate: slanted ? 35 : 0, ...placesOf(drawing.x), hideOverlap: !labels, showMinLabel: whole || labels ? null : false, showMaxLabel: whole || labels ? null : false }, splitLine: { show: false }, ...named(drawing.x),
        axisPointer: { label: { show: false } },
      });
      const ticks = panel.series.some((series) => series.mark === "ticks");
      option.yAxis.push({
        type: panel.y.log ? "log" : "value", gridIndex: k, min: panel.y.min ?? (panel.y.zero && !panel.y.log ? 0 : undefined), max: panel.y.max, scale: !panel.y.zero, logBase: 10, minInterval: ticks ? 1 : 0,
        name: panel.y.name, nameLocation: "end", nameGap: 13, nameTextStyle: { ...text, align: "left", padding: [0, 0, 0, -wide + 8] },
        splitNumber: height < 170 ? 3 : 5, axisLine: { show: false, onZero: false }, axisTick: { show: false },
        axisLabel: { ...text, formatter: label(panel.y, short), ...placesOf(panel.y), showMinLabel: ticks ? false : undefined, showMaxLabel: ticks ? false : undefined, hideOverlap: true },
        splitLine: { show: !ticks, lineStyle: { color: grid } }, axisPointer: { show: false }, ...named(panel.y), ...(panel.map ? { scale: true, min: undefined, ...named(panel.y) } : {}),
      });
      if (panel.map) {
        const made = plane(panel.map, panel, drawing.x, k);
        if (!labels && !drawing.x.min) Object.assign(option.xAxis[k], { min: made.data.length ? Math.min(...made.data.map(([left]) => left)) : undefined, max: made.data.length ? Math.max(...made.data.map((item) => item[1])) : undefined });
        if (!panel.y.labels && made.data.length) Object.assign(option.yAxis[k], { min: Math.min(...made.data.map((item) => item[2])), max: Math.max(...made.data.map((item) => item[3])) });
        // The ends of a plane are edges of its cells, and no values.
        if (!panel.y.labels) Object.assign(option.yAxis[k].axisLabel, { showMinLabel: false, showMaxLabel: false });
        if (!labels) Object.assign(option.xAxis[k].axisLabel, { showMinLabel: false, showMaxLabel: false });
        option.series.push(made);
        const values = made.data.map((item) => item[4]);
        const least = values.length ? Math.min(...values) : 0, most = values.length ? Math.max(...values) : 1;
        (option.visualMap ??= []).push({
          type: "continuous", seriesIndex: option.series.length - 1, dimension: 4, min: least, max: most > least ? most : least + 1, orient: "horizontal", ...(wide > LEFT ? { right: RIGHT } : { left: wide }), top: top, calculable: false, hoverLink: false,
          itemWidth: 10, itemHeight: Math.min(180, figure.place.clientWidth / 3), text: [figuresOf(most), `${panel.map.name}   ${figuresOf(least)}`], textStyle: text, inRange: { color: PLANE },
        });
        top += MAP_SCALE;
      }
      const lines = panel.series.filter((series) => series.mark !== "dashes" && shown(figure, series.name)).length;
      for (const series of panel.series) {
        if (shown(figure, series.name)) {
          const made = drawnSeries(series, panel, k, palette[known.get(series.name)], lines === 1, figure.place.clientWidth, height, 100 / Math.max(figure.window.end - figure.window.start, 0.01));
          option.series.push(made);
          if (series.low) option.series.push(sureness(series, panel, k, palette[known.get(series.name)]));
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

  const at = (value, axis) => (axis.labels ? axis.labels[value] ?? "" : figuresOf(value));

  function placeTip(item, drawing, open) {
    const [, , , , value, x, y] = item.data;
    const panel = open[item.axisIndex ?? 0] ?? open[0];
    const row = (name, text) => { const [plain, unit] = parted(name); return `<span style="opacity:.7">${escaped(plain)}</span> <b>${escaped(text)}${escaped(unit)}</b>`; };
    return [row(drawing.x.name, at(x, drawing.x)), row(panel.y.name, at(y, panel.y)), row(panel.map.name, figuresOf(value))].join("<br>");
  }

  function tip(items, x, open, drawn) {
    const listed = (item) => item.seriesType !== "scatter" || (drawn[item.seriesIndex]?.data.length ?? 0) <= LISTED_POINTS;
    const own = items.filter((item) => item && item.data && !(item.seriesType === "custom" && drawn[item.seriesIndex]?.silent));
    const rows = own.filter((item) => listed(item) || own.length === 1);
    if (!rows.length) return "";
    const first = rows[0].data;
    const seen = new Set();
    const dot = (item) => `<span style="display:inline-block;width:8px;height:8px;border-radius:50%;margin-right:6px;background:${item.color}"></span>`;
    const head = first.length === 3 ? `${figuresOf(first[0])} to ${figuresOf(first[1])}` : at(first[0], x);
    const line = (item) => {
      const unit = escaped(parted(open[item.axisIndex ?? 0]?.y.name ?? "")[1]);
      const [value, low, high] = item.data.length === 3 ? [item.data[2]] : item.data.slice(1);
      const sure = present(low) && present(high) ? ` <span style="opacity:.7">(${figuresOf(low)} to ${figuresOf(high)})</span>` : "";
      return `${dot(item)}${escaped(item.seriesName)} <b>${figuresOf(value)}${unit}</b>${sure}`;
    };
    const body = rows.filter(({ seriesName }) => !seen.has(seriesName) && seen.add(seriesName)).slice(0, 14).map(line);
    const [name, unit] = parted(x.name);
    return `<span style="opacity:.7">${escaped(name)} ${escaped(head)}${escaped(unit)}</span><br>${body.join("<br>")}`;
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
  // The first are drawn at once, so that a page that is printed or photographed without being scrolled shows them.
  figures.slice(0, 6).forEach(draw);
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

// The parts of Apache ECharts that the page uses. `charts.js` beside this file is made from it:
//   npm install echarts@6.1.0 esbuild@0.28.2
//   npx esbuild charts.entry.js --bundle --minify --legal-comments=inline --format=iife --global-name=echarts --target=es2018 --outfile=charts.js
import { use, init, getInstanceByDom, version } from "echarts/core";
import { LineChart, ScatterChart, HeatmapChart, CustomChart } from "echarts/charts";
import {
  GridComponent, TooltipComponent, DataZoomComponent, LegendComponent, MarkLineComponent, VisualMapComponent, AxisPointerComponent,
} from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

use([
  LineChart, ScatterChart, HeatmapChart, CustomChart, GridComponent, TooltipComponent, DataZoomComponent, LegendComponent,
  MarkLineComponent, VisualMapComponent, AxisPointerComponent, CanvasRenderer,
]);

export { init, getInstanceByDom, version };

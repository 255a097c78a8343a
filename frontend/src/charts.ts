// Charts of 统计. Each draws what its table says: the numbers come in a script of JSON beside it, a bar opens the rows
// it counts, and print opens the tables. Pages without charts do not load this.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

interface Series {
  name: string;
  tone: string;
  unit: string;
  values: (number | null)[];
  urls?: string[];
  stack?: string;
}

interface Chart {
  kind: "columns" | "bars";
  categories: string[];
  series: Series[];
}

type Option = echarts.EChartsCoreOption;

const style = getComputedStyle(document.documentElement);
const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
const FONT = getComputedStyle(document.body).fontFamily;
const BAR = 26;

function chartOf(box: HTMLElement): Chart | null {
  const source = document.getElementById(box.dataset.chart ?? "");
  return source?.textContent ? (JSON.parse(source.textContent) as Chart) : null;
}

/** Drawn for the first time, or again after its numbers have changed. */
function draw(box: HTMLElement): void {
  const chart = chartOf(box);
  if (!chart) return;
  if (chart.kind === "bars") box.style.height = `${chart.categories.length * BAR * (isStacked(chart) ? 1 : Math.max(1, chart.series.length * 0.75)) + 48}px`;
  const known = echarts.getInstanceByDom(box);
  const drawn = known ?? echarts.init(box, undefined, { renderer: "canvas" });
  drawn.setOption(optionOf(chart), true);
  if (known) return;
  drawn.on("click", (event) => {
    const url = chartOf(box)?.series[event.seriesIndex ?? 0]?.urls?.[event.dataIndex];
    if (url) window.location.assign(url);
  });
  new ResizeObserver(() => drawn.resize()).observe(box);
}

const isStacked = (chart: Chart): boolean => chart.series.some((series) => series.stack);
const isRate = (series: Series): boolean => series.unit === "%";

function optionOf(chart: Chart): Option {
  const lying = chart.kind === "bars";
  const text = { color: token("ink-2"), fontFamily: FONT, fontSize: 12 };
  const names = {
    type: "category",
    data: chart.categories,
    inverse: lying,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: token("line-2") } },
    axisLabel: { ...text, interval: lying ? 0 : "auto", hideOverlap: true, width: 96, overflow: "truncate" },
  };
  const amounts = {
    type: "value",
    minInterval: 1,
    splitNumber: 4,
    axisLabel: { ...text, show: !lying, color: token("ink-3") },
    splitLine: { show: !lying, lineStyle: { color: token("line") } },
  };
  const rates = { ...amounts, min: 0, max: 100, interval: 25, axisLabel: { ...text, formatter: "{value}%" }, splitLine: { show: false } };
  const hasRate = chart.series.some(isRate);
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    textStyle: text,
    // Pinned: the default place of a legend has moved between versions.
    legend: { show: chart.series.length > 1, top: 0, left: 0, itemWidth: 12, itemHeight: 8, textStyle: text, icon: "rect" },
    grid: { top: chart.series.length > 1 ? 34 : 8, left: 4, right: lying ? 40 : 4, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, confine: true, textStyle: { ...text, color: token("ink") } },
    xAxis: lying ? amounts : names,
    yAxis: lying ? names : hasRate ? [amounts, rates] : amounts,
    series: chart.series.map((series, number) => seriesOf(series, lying, text, totalsAt(chart, number))),
  };
}

/** What stands at the end of a bar: its number, or of a pile the whole at its last piece. */
function totalsAt(chart: Chart, number: number): number[] | null {
  if (!isStacked(chart)) return chart.series[number]!.values.map((value) => value ?? 0);
  if (number < chart.series.length - 1) return null;
  return chart.categories.map((_, at) => chart.series.reduce((sum, series) => sum + (series.values[at] ?? 0), 0));
}

function seriesOf(series: Series, lying: boolean, text: object, totals: number[] | null): object {
  const colour = token(series.tone);
  const shared = {
    name: series.name,
    data: series.values,
    itemStyle: { color: colour },
    tooltip: { valueFormatter: (value: unknown) => (value === null || value === undefined ? "—" : `${value} ${series.unit}`) },
  };
  if (isRate(series))
    return { ...shared, type: "line", yAxisIndex: 1, symbol: "circle", symbolSize: 6, connectNulls: false, lineStyle: { color: colour, width: 2 } };
  return {
    ...shared,
    type: "bar",
    stack: series.stack,
    barMaxWidth: lying ? 14 : 18,
    barGap: "20%",
    cursor: series.urls ? "pointer" : "default",
    label: { show: lying && totals !== null, position: "right", formatter: (bar: { dataIndex: number }) => `${totals?.[bar.dataIndex] ?? ""}`, ...text },
  };
}

const drawAll = (): void => document.querySelectorAll<HTMLElement>("[data-chart]").forEach(draw);
drawAll();
document.addEventListener("live:taken", drawAll);

const tables = () => document.querySelectorAll<HTMLDetailsElement>("details.chart-table");
window.addEventListener("beforeprint", () => tables().forEach((table) => (table.open = true)));
document.querySelectorAll("[data-prints]").forEach((button) => button.addEventListener("click", () => window.print()));

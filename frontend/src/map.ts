import "leaflet/dist/leaflet.css";
import "./styles/map.scss";
import L from "leaflet";

/** The map of a region. Cells and points are drawn on a canvas; names are set as text, never as markup. */

type Figures = [supervised: number, open: number, overdue: number, major: number];
interface Cell { name: string; label: [number, number]; url: string; figures: Figures; tint: number; shape: GeoJSON.Geometry }
interface Point { kind: "site" | "object"; name: string; address: string; at: [number, number]; figures: [number, number, number]; url: string }
interface Atlas { outline: GeoJSON.Geometry | null; cells: Cell[]; points: Point[] }
type Layer = "overdue" | "open" | "clear" | "object";

const TINTS = ["#ffffff", "#e3ebf8", "#c2d4f2", "#97b6e8", "#6690d8"];
const INK = "#1f2937";

function element(tag: string, text: string, className = ""): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

function link(text: string, href: string): HTMLElement {
  const made = element("a", text) as HTMLAnchorElement;
  made.href = href;
  return made;
}

function drawCell(cell: Cell): L.GeoJSON {
  const [supervised, open, overdue] = cell.figures;
  const layer = L.geoJSON(cell.shape, {
    style: { color: "#8b98a9", weight: 1, dashArray: "4 3", fillColor: TINTS[cell.tint], fillOpacity: 0.75 },
  });
  const label = element("span", cell.name);
  if (overdue) label.append(element("small", `逾期 ${overdue}`, "late"));
  layer.addLayer(L.tooltip({ permanent: true, direction: "center", className: "map-name" }).setLatLng(cell.label).setContent(label));
  const box = document.createElement("div");
  box.append(element("b", cell.name), element("p", `对象 ${supervised} 处　未销号 ${open} 件　逾期 ${overdue} 件`), link("看这里的图", cell.url));
  layer.bindPopup(box);
  return layer;
}

function layerOf(point: Point): Layer {
  const [open, overdue] = point.figures;
  return overdue ? "overdue" : open ? "open" : point.kind === "object" ? "object" : "clear";
}

const MARKS: Record<Layer, L.CircleMarkerOptions> = {
  overdue: { radius: 7, color: "#ffffff", weight: 2, fillColor: "#b42318", fillOpacity: 1 },
  open: { radius: 5, color: "#ffffff", weight: 1.5, fillColor: "#1456d9", fillOpacity: 1 },
  clear: { radius: 3, color: "#ffffff", weight: 0.5, fillColor: "#64748b", fillOpacity: 0.9 },
  object: { radius: 3.5, color: "#0f766e", weight: 1.5, fillColor: "#ffffff", fillOpacity: 1 },
};

function drawPoint(point: Point, layer: Layer): L.CircleMarker {
  const [open, overdue, major] = point.figures;
  const mark = L.circleMarker(point.at, MARKS[layer]);
  mark.bindPopup(() => {
    const box = document.createElement("div");
    box.append(link(point.name, point.url), element("p", point.address, "muted"));
    if (open) box.append(element("p", `未销号 ${open} 件${overdue ? `，逾期 ${overdue} 件` : ""}${major ? `，重大 ${major} 件` : ""}`, overdue ? "late" : ""));
    return box;
  });
  return mark;
}

/** Where names would stand on one another the later one waits for a larger scale; the table beside has them all. */
function thin(box: HTMLElement): void {
  const kept: L.Bounds[] = [];
  for (const name of box.querySelectorAll<HTMLElement>(".map-name")) {
    const corner = L.DomUtil.getPosition(name);
    const room = L.bounds(corner, corner.add([name.offsetWidth, name.offsetHeight]));
    const crowded = kept.some((other) => room.overlaps(other));
    name.classList.toggle("crowded", crowded);
    if (!crowded) kept.push(room);
  }
}

function draw(box: HTMLElement, atlas: Atlas): void {
  box.replaceChildren();
  const map = L.map(box, { preferCanvas: true, attributionControl: false, zoomSnap: 0.25, minZoom: 6, maxZoom: 17 });
  map.zoomControl.setPosition("bottomright");
  L.control.scale({ imperial: false }).addTo(map);
  const outline = atlas.outline ? L.geoJSON(atlas.outline, { interactive: false, style: { color: INK, weight: 2, fill: false } }) : null;
  const late = (cell: Cell) => cell.figures[2];
  for (const cell of [...atlas.cells].sort((one, other) => late(other) - late(one))) drawCell(cell).addTo(map);
  outline?.addTo(map);
  const layers: Record<Layer, L.LayerGroup> = { clear: L.layerGroup(), object: L.layerGroup(), open: L.layerGroup(), overdue: L.layerGroup() };
  for (const point of atlas.points) drawPoint(point, layerOf(point)).addTo(layers[layerOf(point)]);
  for (const layer of Object.values(layers)) layer.addTo(map);
  for (const tick of document.querySelectorAll<HTMLInputElement>("input[data-layer]")) {
    const layer = layers[tick.dataset.layer as Layer];
    const show = () => (tick.checked ? layer.addTo(map) : layer.remove());
    tick.addEventListener("change", show);
    show();
  }
  const bounds = outline?.getBounds() ?? L.latLngBounds(atlas.points.map((point) => point.at));
  map.on("zoomend", () => thin(box));
  map.fitBounds(bounds, { padding: [12, 12] });
  thin(box);
  box.dataset.drawn = "";
}

async function begin(box: HTMLElement): Promise<void> {
  try {
    const answer = await fetch(box.dataset.source ?? "", { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    draw(box, (await answer.json()) as Atlas);
  } catch {
    box.replaceChildren(element("p", "地图没有取到，数字以表为准。刷新页面再试。", "map-wait"));
  }
}

const box = document.getElementById("map");
if (box) void begin(box);

// The style sheet of report.html: light and dark, from a phone's width on, and on paper. That of
// its plots is also complete without the page.
#ifndef PYSLOW_SWEEP_RENDER_PAGE_STYLE_H_
#define PYSLOW_SWEEP_RENDER_PAGE_STYLE_H_

namespace pyslow::render {

inline constexpr char kPlotStyle[] = R"(
:root { color-scheme: light dark; --ink: #1c2024; --paper: #ffffff; --faint: #5f6b76;
  --plot-grid: #c9d0d6; --plot-data: #1c2024;
  --plot-fit: #0a5fb4; --plot-gain: #1a7f4b; --plot-knee: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --paper: #14171a; --faint: #9aa5b0;
  --plot-grid: #3f474f; --plot-data: #e6e9ec;
  --plot-fit: #6cb2ff; --plot-gain: #5fd39a; --plot-knee: #ff8a80; } }
svg path { fill: none; stroke-width: 2; } svg text { font: 13px system-ui, sans-serif; stroke: none; }
svg .grid { stroke: var(--plot-grid); stroke-width: .7; } svg .axis { stroke: var(--ink); stroke-width: 1; }
svg .fit { stroke: var(--plot-fit); } svg .data { stroke: var(--plot-data); stroke-width: 1.5; }
svg path.gain { stroke: var(--plot-gain); stroke-dasharray: 6 4; }
svg path.knee { stroke: var(--plot-knee); stroke-dasharray: 4 4; stroke-width: 1.5; }
svg path.area { stroke: none; fill-opacity: .28; } svg path.area.fit { fill: var(--plot-fit); fill-opacity: .4; }
svg path.area.gain { fill: var(--plot-gain); } svg circle.data { fill: var(--plot-data); }
svg circle.near { fill: transparent; } svg .point:hover .data { stroke: var(--plot-fit); }
svg text.ink { fill: var(--ink); } svg text.gain { fill: var(--plot-gain); } svg text.knee { fill: var(--plot-knee); }
)";

inline constexpr char kPageStyle[] = R"(
:root { --rule: #d7dde3; --box: #f4f6f8; --warn: #8a4b00; --warn-box: #fff4e0; }
@media (prefers-color-scheme: dark) { :root { --rule: #333a41; --box: #1d2126; --warn: #ffc46b;
  --warn-box: #33260f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.2rem; } h3 { font-size: 1.05rem; }
.faint { color: var(--faint); }
.said { border-left: 4px solid var(--plot-fit); padding: .2rem .9rem; margin: .8rem 0;
  background: var(--box); }
.said b { display: block; } .answer { font-size: 1.15rem; }
summary h3 { display: inline; }
.warning { border-left: 4px solid var(--warn); background: var(--warn-box); color: var(--warn);
  padding: .4rem .9rem; margin: .5rem 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .6rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .8rem .25rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--rule); overflow-wrap: normal; }
th { color: var(--faint); font-weight: 600; }
td { white-space: nowrap; } td.words { white-space: normal; min-width: 14rem; }
td.name { font-family: ui-monospace, monospace; white-space: normal; min-width: min(17rem, 45vw); max-width: 32rem;
  overflow-wrap: anywhere; }
.plots { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); }
figure { margin: .5rem 0; } figure svg { width: 100%; height: auto; max-width: 40rem; }
figcaption { color: var(--faint); font-size: .9rem; }
pre { background: var(--box); padding: .7rem; overflow-x: auto; white-space: pre-wrap; }
details { margin: .5rem 0; } summary { cursor: pointer; }
@media print { body { max-width: none; } .plots, figure, tr { break-inside: avoid; }
  details::details-content { content-visibility: visible; } td { white-space: normal; } }
)";

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_PAGE_STYLE_H_

"""What a page of HTML is put into: its head, and how it looks on screens, phones and paper.

A picture is enlarged by the box that its label ticks, and a table on a phone shows each row as a
card, with the titles of its columns: neither needs a script.
"""

from string import Template

PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>$title</title>
<style>
:root { color-scheme: light dark; --text: #111; --page: #fff; --link: #00507a; --line: #767676;
  --rule: #ccc; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: var(--text);
  background: var(--page); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; margin-bottom: 0; }
h2 { font-size: 1.25rem; margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
nav ul { padding-left: 1.2rem; }
a { color: var(--link); }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .9rem; overflow-wrap: normal; }
caption { text-align: left; font-weight: 600; padding-bottom: .3rem; }
th, td { padding: .2rem .7rem .2rem 0; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--text); }
tbody tr { border-bottom: 1px solid var(--rule); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
pre { font-size: .85rem; overflow-x: auto; }
figure { margin: 1rem 0; }
figure img { max-width: 100%; height: auto; background: #fff; }
figcaption { font-size: .9rem; }
.half { display: inline-block; width: 48%; margin-right: 1%; vertical-align: top; }
.picture { display: block; cursor: zoom-in; }
.picture input { position: absolute; opacity: 0; }
.picture input:focus-visible + img { outline: 3px solid var(--link); }
@media screen {
  .picture:has(:checked) { position: fixed; inset: 0; z-index: 1; overflow: auto;
    background: var(--page); cursor: zoom-out; text-align: center; }
  .picture :checked + img { max-width: none; min-width: min(100%, 75rem); }
}
@media screen and (prefers-color-scheme: dark) {
  :root { --text: #eee; --page: #161616; --link: #8ecbf0; --line: #999; --rule: #444; }
}
@page { margin: 18mm; }
@media print {
  html { font-size: 9pt; }
  body { max-width: none; margin: 0; padding: 0; }
  nav { display: none; }
  h2, caption, thead, p:has(+ ul), p:has(+ pre) { break-after: avoid; }
  pre, .short { break-inside: avoid; }
  .half img { max-height: 92mm; }
  thead { display: table-header-group; }
  figure, tr { break-inside: avoid; }
  .scroll, pre { overflow: visible; }
  pre { white-space: pre-wrap; }
}
@media screen and (max-width: 40rem) {
  .half { width: 100%; }
  table, caption, tbody, tr, td { display: block; }
  thead { display: none; }
  tbody tr { padding: .4rem 0; }
  td, td.number { display: flex; justify-content: space-between; gap: 1rem; padding: .1rem 0;
    text-align: right; white-space: normal; }
  td:empty { display: none; }
  td::before { content: attr(data-title); font-weight: 600; text-align: left; }
}
</style>
</head>
<body>
<header><h1>$title</h1><p>$subtitle</p></header>
<nav aria-label="Contents"><ul>
$contents
</ul></nav>
<main>
$sections
</main>
</body>
</html>
""")

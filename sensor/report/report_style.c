/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the page looks: on a screen in light and dark, on a phone, on paper. Colours of
 * verdicts are told apart by brightness as well, for those who do not see their hues; no
 * fact is told by colour alone. Tables become cards where they do not fit.
 */
#include "report_html.h"

/* clang-format off */
static const char colours[] =
	":root{color-scheme:light dark;--bg:#fff;--fg:#1c2430;--soft:#5a6675;--line:#d5dbe3;"
	"--card:#f5f7fa;--link:#0b57b0;--red:#b3261e;--orange:#a85b00;--amber:#7a5c00;"
	"--blue:#1f5f99;--green:#22693f;--grey:#5a6675;--redbg:#fbe9e7;--orangebg:#fdf0dd;"
	"--bluebg:#e3eef9;--greenbg:#e2f3e8;--greybg:#e9edf2;"
	"--taken:#c4442d;--login:#3b7dc0;--refused:#a3adb9}\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#12161c;--fg:#e4e9f0;--soft:#9aa7b6;"
	"--line:#303a46;--card:#1a2028;--link:#7db8f5;--red:#ff9a8d;--orange:#f3b160;"
	"--amber:#e0c266;--blue:#8fc1f2;--green:#7fd3a0;--grey:#a7b2bf;--redbg:#3d1c19;"
	"--orangebg:#3a2a12;--bluebg:#162b41;--greenbg:#15311f;--greybg:#28303a;"
	"--taken:#f07a64;--login:#6ea8e0;--refused:#5d6875}}\n";

static const char text[] =
	"*{box-sizing:border-box}\n"
	"body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,"
	"-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",sans-serif;"
	"-webkit-text-size-adjust:100%}\n"
	"main,footer{max-width:68rem;margin:0 auto;padding:0 1.25rem}\n"
	"main{padding-top:2rem}\nfooter{padding-bottom:3rem;color:var(--soft);"
	"font-size:.85rem;border-top:1px solid var(--line);margin-top:3rem}\n"
	"h1{font-size:1.85rem;line-height:1.2;margin:.2rem 0 .6rem;text-wrap:balance}\n"
	"h2{font-size:1.3rem;margin:2.6rem 0 .8rem;border-bottom:1px solid var(--line);"
	"padding-bottom:.3rem}\n"
	"h3{font-size:1.12rem;margin:0;display:inline}\n"
	"h4{font-size:.95rem;margin:1.5rem 0 .4rem}\n"
	"p{margin:.4rem 0}\na{color:var(--link)}\nul,ol{margin:.4rem 0;padding-left:1.3rem}\n"
	"h1,h2,h3,p,li,td,dd,summary,figcaption{overflow-wrap:anywhere}\n"
	".brand{margin:0;color:var(--soft);font-size:.85rem;letter-spacing:.06em;"
	"text-transform:uppercase}\n"
	".quiet,.place,.sure,.ends,.legend,figcaption{color:var(--soft);font-size:.88rem}\n"
	".why{font-size:1.02rem}\n.up{font-size:.88rem;margin-top:1.5rem}\n"
	".addr,code,pre,.place{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"
	"\"Liberation Mono\",monospace;font-size:.88em}\n"
	"pre{background:var(--card);border:1px solid var(--line);border-radius:.4rem;"
	"padding:.7rem .9rem;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere;"
	"margin:.5rem 0}\n"
	"time{white-space:nowrap}\n"
	"dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.4rem 0}\n"
	"dt{color:var(--soft)}\ndd{margin:0;min-width:0}\n";

static const char parts[] =
	".badge{display:inline-block;border-radius:.35rem;padding:.05rem .5rem;font-size:.84rem;"
	"font-weight:600;background:var(--greybg);color:var(--grey);white-space:nowrap}\n"
	".badge.v0,.badge.w3{background:var(--redbg);color:var(--red);"
	"border:1px solid currentColor}\n"
	".badge.v1,.badge.v2,.badge.w2{background:var(--orangebg);color:var(--orange)}\n"
	".badge.v3,.badge.w1{background:var(--bluebg);color:var(--blue)}\n"
	".badge.v4,.badge.v5{background:var(--greenbg);color:var(--green)}\n"
	".counts{list-style:none;padding:0;margin:1.2rem 0;display:grid;gap:.7rem;"
	"grid-template-columns:repeat(auto-fill,minmax(13rem,1fr))}\n"
	".counts li{background:var(--card);border:1px solid var(--line);border-left-width:.3rem;"
	"border-radius:.4rem;padding:.6rem .8rem}\n"
	".counts b{font-size:1.5rem;margin-right:.3rem}\n"
	".counts small{display:block;color:var(--soft);line-height:1.35}\n"
	".counts .v0{border-left-color:var(--red)}\n"
	".counts .v1,.counts .v2{border-left-color:var(--orange)}\n"
	".counts .v3{border-left-color:var(--blue)}\n"
	".counts .v4,.counts .v5{border-left-color:var(--green)}\n"
	"table{border-collapse:collapse;width:100%;font-size:.92rem;margin:.6rem 0}\n"
	"th{text-align:left;font-weight:600;color:var(--soft);font-size:.84rem}\n"
	"th,td{padding:.4rem .6rem .4rem 0;border-bottom:1px solid var(--line);"
	"vertical-align:top}\n"
	"th.n,td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
	"td.n+td:not(.n),th.n+th:not(.n){padding-left:1rem}\n"
	"td .addr{display:inline-block}\n"
	"section.server,section.finding{border:1px solid var(--line);border-radius:.6rem;"
	"padding:.9rem 1.1rem;margin:1rem 0}\n"
	"summary{cursor:pointer}\nsummary h3{margin-right:.4rem}\n"
	".items{list-style:none;padding:0}\n"
	".items li{padding:.35rem 0;border-bottom:1px solid var(--line)}\n"
	".items time{color:var(--soft);font-size:.85rem;margin-right:.4rem}\n"
	".items .place{display:block}\n"
	"td[data-l=Server]{min-width:10.5rem}\ntd[data-l=Server] .addr{display:block}\ntd.text{min-width:12rem}\n";

static const char pictures[] =
	"figure{margin:.8rem 0}\nsvg{display:block;max-width:100%}\n"
	".legs text{fill:var(--fg);font-size:13px;text-anchor:middle}\n"
	".legs .role,.legs .small{fill:var(--soft);font-size:11.5px}\n"
	".legs .main{font-weight:600}\n.legs .word{font-size:12px;fill:var(--soft)}\n"
	".legs.wide .word{text-anchor:middle}\n.legs.tall .word{text-anchor:start}\n"
	".legs .box{fill:var(--card);stroke:var(--line);stroke-width:1.5}\n"
	".legs .mid{stroke:var(--fg)}\n"
	".legs .way{fill:none;stroke-width:2.5}\n"
	".way.yes{stroke:var(--taken)}\n.head.yes{fill:var(--taken)}\n"
	".way.maybe{stroke:var(--soft);stroke-dasharray:5 5}\n.head.maybe{fill:var(--soft)}\n"
	".way.no{stroke:var(--soft)}\n.head.no{fill:var(--soft)}\n"
	".cross{stroke:var(--green);stroke-width:3;fill:none}\n"
	".legs.wide{width:100%;max-width:50rem}\n.legs.tall{display:none;width:17.5rem}\n"
	".bars{width:100%;height:7rem;background:var(--card);border-bottom:1px solid var(--soft)}\n"
	".strip{width:100%;height:1.6rem}\n"
	".taken{fill:var(--taken);background:var(--taken)}\n"
	".login{fill:var(--login);background:var(--login)}\n"
	".refused{fill:var(--refused);background:var(--refused)}\n"
	".seen{fill:var(--line);background:var(--line)}\n"
	".open{fill:var(--taken);background:var(--taken)}\n"
	".denied{fill:var(--green);background:var(--green)}\n"
	".ends{display:flex;justify-content:space-between;flex-wrap:wrap;gap:0 1rem;margin:.2rem 0}\n"
	".legend span{display:inline-block;margin-right:1rem}\n"
	".k{display:inline-block;width:.8rem;height:.8rem;border-radius:.15rem;"
	"margin-right:.35rem;vertical-align:-.08rem;border:1px solid var(--soft)}\n";

static const char places[] =
	"@media(max-width:44rem){\n"
	"main,footer{padding-left:1rem;padding-right:1rem}\nh1{font-size:1.45rem}\n"
	"section.server,section.finding{padding:.8rem}\n"
	".legs.wide{display:none}.legs.tall{display:block;margin:0 auto}\n"
	"table.cards thead{position:absolute;width:1px;height:1px;overflow:hidden;"
	"clip-path:inset(50%)}\n"
	"table.cards,table.cards tbody,table.cards tr,table.cards td{display:block;width:100%}\n"
	"table.cards tr{border-bottom:1px solid var(--line);padding:.5rem 0}\n"
	"table.cards td{border:0;padding:.1rem 0;text-align:left;display:grid;"
	"grid-template-columns:6.5rem 1fr;gap:.5rem;white-space:normal}\n"
	"table.cards td::before{content:attr(data-l);color:var(--soft);font-size:.84rem}\n"
	"table.cards td.no{display:none}\ntable.cards td>*{min-width:0;justify-self:start}\n"
	"table.cards td[data-l=Server],table.cards td[data-l=Verdict]{display:block}\n"
	"table.cards td[data-l=Server]::before,table.cards td[data-l=Verdict]::before{content:none}\n"
	"table.cards td.text{display:block}\ntable.cards td.text::before{content:none}\n"
	"table.cards td.n{display:inline-block;width:auto;margin-right:1.1rem}\n"
	"table.cards td.n::before{margin-right:.4rem}\n"
	"table.cards td.n+td:not(.n){padding-left:0}\n"
	"table.cards td[data-l]{min-width:0}\n"
	"table.cards td[data-l=Server] .addr{display:inline}\n"
	".counts{grid-template-columns:1fr;gap:.45rem}\n"
	".counts small{display:inline;margin-left:.3rem}\n"
	"time,.badge{white-space:normal}\n}\n"
	"@media print{\n"
	":root{--bg:#fff;--fg:#000;--soft:#444;--line:#bbb;--card:#fff;--link:#000}\n"
	"html{font-size:10pt}\nbody{font-size:10pt}\nmain,footer{max-width:none;padding:0}\n.up{display:none}\n"
	"a{text-decoration:none}\n"
	"section.server,section.finding{border:0;border-top:1px solid #000;border-radius:0;"
	"padding:.6rem 0}\n"
	"details::details-content{content-visibility:visible;block-size:auto}\n"
	"h2,h3,h4,summary{break-after:avoid}\nfigure,tr,pre,.items li,.counts li{break-inside:avoid}\n"
	"*{-webkit-print-color-adjust:exact;print-color-adjust:exact}\n}\n";
/* clang-format on */

const char *const *
report_style(void)
{
	static const char *const all[] = {colours, text, parts, pictures, places, NULL};

	return all;
}

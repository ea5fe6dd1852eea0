"""How a diagram looks, light and dark."""

LIGHT = """\
--erd-page:#fff;--erd-box:#fff;--erd-head:#eef2f7;--erd-edge:#b8c3d1;--erd-rule:#edf0f4;
--erd-text:#1b2733;--erd-muted:#5c6b7c;--erd-key:#8a5300;--erd-reference:#0b5cad;
--erd-unique:#5b3fa8;--erd-line:#7b8a9c;--erd-lit:#0b5cad;"""
DARK = """\
--erd-page:#10161d;--erd-box:#18212b;--erd-head:#223041;--erd-edge:#3d4e61;--erd-rule:#222d39;
--erd-text:#e4eaf1;--erd-muted:#9aa9ba;--erd-key:#e8b04b;--erd-reference:#6cb2f5;
--erd-unique:#b9a2f2;--erd-line:#8496aa;--erd-lit:#6cb2f5;"""
RULES = """\
.erd{font-size:13px;
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.erd text{fill:var(--erd-text);white-space:pre}
.erd .erd-page{fill:var(--erd-page)}
.erd .erd-box{fill:var(--erd-box);stroke:var(--erd-edge)}
.erd .erd-head{fill:var(--erd-head)}
.erd .erd-rule{stroke:var(--erd-rule)}
.erd .erd-under{stroke:var(--erd-edge)}
.erd .erd-name{font-weight:600;font-size:14px}
.erd .erd-optional{fill:var(--erd-muted)}
.erd .erd-type{font-size:11px;fill:var(--erd-muted);
font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.erd .erd-mark{font-size:9px;font-weight:700;letter-spacing:.03em;fill:var(--erd-muted)}
.erd .erd-pk{fill:var(--erd-key)}
.erd .erd-fk{fill:var(--erd-reference)}
.erd .erd-u{fill:var(--erd-unique)}
.erd .erd-legend text:not(.erd-mark){font-size:12px;fill:var(--erd-muted)}
.erd .erd-line{fill:none;stroke:var(--erd-line);stroke-width:1.4}
.erd .erd-hand{fill:none;stroke:transparent;stroke-width:9}
.erd .erd-dot{fill:var(--erd-line)}
.erd .erd-reference:hover .erd-line,
.erd .erd-reference.lit .erd-line{stroke:var(--erd-lit);stroke-width:2.4}
.erd .erd-reference:hover .erd-dot,.erd .erd-reference.lit .erd-dot{fill:var(--erd-lit)}
.erd .erd-table:hover .erd-box,.erd .erd-table.lit .erd-box{stroke:var(--erd-lit);stroke-width:1.6}
.erd .dim{opacity:.25}
"""


def stylesheet() -> str:
    """Return the style of a diagram, for the file itself or for a page that holds it.

    It follows the reader's system, and a page's own choice: `data-bs-theme` or `data-theme` on
    an element around the picture.
    """
    dark = ",".join(f'[data-{name}="dark"] .erd' for name in ("bs-theme", "theme"))
    light = ",".join(f'[data-{name}="light"] .erd' for name in ("bs-theme", "theme"))
    return (
        f".erd{{{LIGHT}}}\n@media (prefers-color-scheme:dark){{.erd{{{DARK}}}}}\n"
        f"{light}{{{LIGHT}}}\n{dark}{{{DARK}}}\n{RULES}"
    )

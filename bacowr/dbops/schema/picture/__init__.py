"""An entity-relationship diagram as SVG: tables in layers, references as orthogonal lines."""

"""What PostgreSQL's catalog is asked: one query per kind, whose labels are the facts' names.

Each row has a schema, a table ("" for what stands alone), a name, and facts as texts; a fact that
isn't so is null. {…} stands for what servers before some version don't have.
"""

from __future__ import annotations

from bacowr.dbops.postgres.digest import CLASSES, OURS
from bacowr.dbops.schema.model import Kind

MISSING = {
    14: {"compression": "NULL"},
    13: {"parent trigger": "0"},
}
PRESENT = {
    "compression": "CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END",
    "parent trigger": "t.tgparentid",
}
TABLES = "c.relkind IN ('r', 'p', 'f')"
# What is unusual about a sequence; "kind" is the type that its bounds come from.
UNUSUAL = """
    CASE WHEN s.seqincrement <> 1 THEN s.seqincrement::text END AS "increment",
    CASE WHEN s.seqstart <> CASE WHEN s.seqincrement > 0 THEN s.seqmin ELSE s.seqmax END
         THEN s.seqstart::text END AS "start",
    CASE WHEN s.seqmin <> CASE WHEN s.seqincrement > 0 THEN 1 ELSE b.least END
         THEN s.seqmin::text END AS "min",
    CASE WHEN s.seqmax <> CASE WHEN s.seqincrement > 0 THEN b.most ELSE -1 END
         THEN s.seqmax::text END AS "max",
    CASE WHEN s.seqcache <> 1 THEN s.seqcache::text END AS "cache",
    CASE WHEN s.seqcycle THEN 'yes' END AS "cycle" """
BOUNDS = """
    (VALUES ('int2'::regtype, (-32768)::bigint, 32767::bigint),
            ('int4', -2147483648, 2147483647),
            ('int8', -9223372036854775808, 9223372036854775807)) AS b (kind, least, most)"""
OWNED = f"""
    SELECT o.refobjid, o.refobjsubid, o.deptype, q.seqrelid, s."type", concat_ws(' ',
               'AS ' || CASE WHEN q.seqtypid <> u.atttypid THEN format_type(q.seqtypid, NULL) END,
               'INCREMENT ' || s."increment", 'START ' || s."start", 'MINVALUE ' || s."min",
               'MAXVALUE ' || s."max", 'CACHE ' || s."cache",
               CASE WHEN s."cycle" = 'yes' THEN 'CYCLE' END) AS "told"
    FROM pg_depend o JOIN pg_sequence q ON q.seqrelid = o.objid
    JOIN pg_attribute u ON u.attrelid = o.refobjid AND u.attnum = o.refobjsubid
    JOIN (SELECT s.seqrelid, format_type(s.seqtypid, NULL) AS "type", {UNUSUAL}
          FROM pg_sequence s JOIN {BOUNDS} ON b.kind = s.seqtypid) s ON s.seqrelid = q.seqrelid
    WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass
      AND (o.deptype = 'i' OR o.deptype = 'a' AND EXISTS (
           SELECT 1 FROM pg_depend e JOIN pg_attrdef f ON f.oid = e.objid
           WHERE e.classid = 'pg_attrdef'::regclass AND e.refobjid = q.seqrelid
             AND f.adrelid = o.refobjid AND f.adnum = o.refobjsubid
             AND pg_get_expr(f.adbin, f.adrelid) LIKE 'nextval(%'))"""
# A label for what something is called where the default schema needn't be said.
PARENT = "CASE WHEN rn.nspname = current_schema() THEN '' ELSE rn.nspname || '.' END || r.relname"


def _names(keys: str, relation: str) -> str:
    return f"""(SELECT string_agg(x.attname, ', ' ORDER BY o.n)
        FROM unnest({keys}) WITH ORDINALITY AS o (attnum, n)
        JOIN pg_attribute x ON x.attrelid = {relation} AND x.attnum = o.attnum)"""


def _constraint(types: str, facts: str, *, joins: str = "") -> str:
    return f"""
        SELECT n.nspname AS "schema", c.relname AS "table", k.conname AS "name", {facts},
               obj_description(k.oid, 'pg_constraint') AS "comment"
        FROM {CLASSES} JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ({types})
        {joins}
        WHERE {TABLES} AND k.conparentid = 0 AND (k.conislocal OR k.coninhcount = 0)"""


DEFERRABLE = """CASE WHEN k.condeferred THEN 'initially deferred'
        WHEN k.condeferrable THEN 'initially immediate' END AS "deferrable" """
VALID = """CASE WHEN pg_get_constraintdef(k.oid) LIKE '%NOT ENFORCED%' THEN 'no' END AS "enforced",
        CASE WHEN NOT k.convalidated AND pg_get_constraintdef(k.oid) NOT LIKE '%NOT ENFORCED%'
             THEN 'no' END AS "valid" """
KEY = f"""
    {_names("k.conkey", "k.conrelid")} AS "columns",
    (SELECT string_agg(pg_get_indexdef(i.indexrelid, m, false), ', ' ORDER BY m)
     FROM pg_index i, generate_series(i.indnkeyatts + 1, i.indnatts) AS m
     WHERE i.indexrelid = k.conindid) AS "include",
    CASE WHEN pg_get_constraintdef(k.oid) LIKE 'UNIQUE NULLS NOT DISTINCT%' THEN 'not distinct'
         END AS "nulls",
    CASE WHEN pg_get_constraintdef(k.oid) LIKE '%WITHOUT OVERLAPS%' THEN 'yes'
         END AS "without overlaps",
    {DEFERRABLE}"""
FOREIGN = f"""
    {_names("k.conkey", "k.conrelid")} AS "columns",
    {PARENT} || ' (' || {_names("k.confkey", "k.confrelid")} || ')' AS "references",
    substring(pg_get_constraintdef(k.oid) FROM
        'ON DELETE (CASCADE|RESTRICT|SET NULL|SET DEFAULT)')
    || coalesce(substring(pg_get_constraintdef(k.oid) FROM
        'ON DELETE SET (?:NULL|DEFAULT)( \\([^)]*\\))'), '') AS "on delete",
    substring(pg_get_constraintdef(k.oid) FROM
        'ON UPDATE (CASCADE|RESTRICT|SET NULL|SET DEFAULT)') AS "on update",
    CASE k.confmatchtype WHEN 'f' THEN 'full' END AS "match",
    {DEFERRABLE}, {VALID}"""
PARENTS = "JOIN pg_class r ON r.oid = k.confrelid JOIN pg_namespace rn ON rn.oid = r.relnamespace"
OUR_TYPE = f"JOIN pg_namespace n ON n.oid = t.typnamespace AND {OURS.format(oid='t.oid')}"

QUERIES = (
    (
        Kind.EXTENSION,
        """
        SELECT '' AS "schema", '' AS "table", e.extname AS "name",
               CASE WHEN n.nspname <> current_schema() AND n.nspname <> 'pg_catalog'
                    AND NOT e.extrelocatable = false THEN n.nspname END AS "schema of it"
        FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname <> 'plpgsql'""",
    ),
    (
        Kind.ENUM,
        f"""
        SELECT n.nspname AS "schema", '' AS "table", t.typname AS "name",
               string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) AS "values",
               obj_description(t.oid, 'pg_type') AS "comment"
        FROM pg_type t {OUR_TYPE} JOIN pg_enum e ON e.enumtypid = t.oid
        GROUP BY n.nspname, t.typname, t.oid""",
    ),
    (
        Kind.DOMAIN,
        f"""
        SELECT n.nspname AS "schema", '' AS "table", t.typname AS "name",
               CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) ELSE (
                   SELECT '(' || string_agg(a.attname || ' ' || format_type(a.atttypid,
                          a.atttypmod), ', ' ORDER BY a.attnum) || ')'
                   FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0
                        AND NOT a.attisdropped) END AS "type",
               CASE WHEN t.typnotnull THEN 'yes' END AS "not null",
               t.typdefault AS "default",
               CASE WHEN t.typcollation <> z.typcollation THEN l.collname END AS "collation",
               (SELECT string_agg(pg_get_constraintdef(k.oid), ', ' ORDER BY k.conname)
                FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c') AS "checks",
               obj_description(t.oid, 'pg_type') AS "comment"
        FROM pg_type t {OUR_TYPE}
        LEFT JOIN pg_type z ON z.oid = t.typbasetype
        LEFT JOIN pg_collation l ON l.oid = t.typcollation
        LEFT JOIN pg_class c ON c.oid = t.typrelid
        WHERE t.typtype = 'd' OR t.typtype = 'c' AND c.relkind = 'c'""",
    ),
    (
        Kind.SEQUENCE,
        f"""
        SELECT n.nspname AS "schema", '' AS "table", c.relname AS "name",
               format_type(s.seqtypid, NULL) AS "type", {UNUSUAL},
               (SELECT r.relname || '.' || a.attname FROM pg_depend o
                JOIN pg_class r ON r.oid = o.refobjid JOIN pg_attribute a
                     ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
                WHERE o.classid = 'pg_class'::regclass AND o.objid = c.oid AND o.deptype = 'a'
                      AND o.refclassid = 'pg_class'::regclass) AS "owned by",
               CASE c.relpersistence WHEN 'u' THEN 'yes' END AS "unlogged",
               obj_description(c.oid, 'pg_class') AS "comment"
        FROM {CLASSES} JOIN pg_sequence s ON s.seqrelid = c.oid
        JOIN {BOUNDS} ON b.kind = s.seqtypid
        WHERE c.oid NOT IN (SELECT y.seqrelid FROM ({OWNED}) y)""",
    ),
    (
        Kind.FUNCTION,
        f"""
        SELECT n.nspname AS "schema", '' AS "table",
               p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS "name",
               pg_get_functiondef(p.oid) AS "definition",
               obj_description(p.oid, 'pg_proc') AS "comment"
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
             AND {OURS.format(oid="p.oid")} WHERE p.prokind <> 'a'""",
    ),
    (
        Kind.TABLE,
        f"""
        SELECT n.nspname AS "schema", '' AS "table", c.relname AS "name",
               CASE c.relpersistence WHEN 'u' THEN 'yes' END AS "unlogged",
               CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS "partitioned by",
               CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid)
                    END AS "partition",
               (SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
                FROM pg_inherits i WHERE i.inhrelid = c.oid) AS "inherits",
               (SELECT w.srvname FROM pg_foreign_table f JOIN pg_foreign_server w
                ON w.oid = f.ftserver WHERE f.ftrelid = c.oid) AS "server",
               array_to_string(c.reloptions, ', ') AS "options",
               CASE WHEN c.relforcerowsecurity THEN 'forced'
                    WHEN c.relrowsecurity THEN 'enabled' END AS "row security",
               CASE c.relreplident WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full'
                    WHEN 'i' THEN 'index' END AS "replica identity",
               obj_description(c.oid, 'pg_class') AS "comment"
        FROM {CLASSES} WHERE {TABLES}""",
    ),
    (
        Kind.COLUMN,
        f"""
        SELECT n.nspname AS "schema", c.relname AS "table", a.attname AS "name",
               format_type(a.atttypid, a.atttypmod) AS "type",
               CASE WHEN a.attnotnull THEN CASE WHEN EXISTS (
                    SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'n'
                    AND k.conkey = ARRAY[a.attnum] AND NOT k.convalidated)
                    THEN 'not validated' ELSE 'yes' END END AS "not null",
               CASE WHEN a.attgenerated = '' AND w.deptype IS NULL
                    THEN pg_get_expr(d.adbin, d.adrelid) END AS "default",
               CASE WHEN w.deptype = 'a' THEN coalesce(nullif(w."told", ''), 'yes')
                    END AS "serial",
               CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END
               || coalesce(' (' || nullif(w."told", '') || ')', '') AS "identity",
               CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid)
                    || CASE a.attgenerated WHEN 's' THEN ' STORED' ELSE ' VIRTUAL' END
                    END AS "generated",
               CASE WHEN a.attcollation <> t.typcollation THEN l.collname END AS "collation",
               CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'plain'
                    WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END
                    END AS "storage",
               {{compression}} AS "compression",
               CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::text END AS "statistics",
               (SELECT string_agg(o, ', ') FROM unnest(a.attoptions) AS o
                WHERE o LIKE 'n\\_distinct%') AS "options",
               col_description(c.oid, a.attnum) AS "comment"
        FROM {CLASSES} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
             AND NOT a.attisdropped
        JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        LEFT JOIN ({OWNED}) w ON w.refobjid = c.oid AND w.refobjsubid = a.attnum
        WHERE {TABLES} ORDER BY n.nspname, c.relname, a.attnum""",
    ),
    (Kind.PRIMARY_KEY, _constraint("'p'", KEY)),
    (Kind.UNIQUE, _constraint("'u'", KEY)),
    (
        Kind.CHECK,
        _constraint(
            "'c'",
            f"""pg_get_expr(k.conbin, k.conrelid) AS "expression", {VALID},
            CASE WHEN k.connoinherit THEN 'yes' END AS "no inherit" """,
        ),
    ),
    (Kind.FOREIGN_KEY, _constraint("'f'", FOREIGN, joins=PARENTS)),
    (Kind.EXCLUDE, _constraint("'x'", 'pg_get_constraintdef(k.oid) AS "definition"')),
    (
        Kind.INDEX,
        f"""
        SELECT n.nspname AS "schema", c.relname AS "table", x.relname AS "name",
               pg_get_indexdef(i.indexrelid) AS "definition",
               CASE WHEN NOT i.indisvalid THEN 'no' END AS "valid",
               CASE WHEN i.indisclustered THEN 'yes' END AS "clustered",
               obj_description(x.oid, 'pg_class') AS "comment"
        FROM {CLASSES} JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
        WHERE c.relkind IN ('r', 'p', 'm') AND NOT x.relispartition AND NOT EXISTS (
              SELECT 1 FROM pg_constraint k WHERE k.conindid = x.oid
              AND k.contype IN ('p', 'u', 'x'))""",
    ),
    (
        Kind.TRIGGER,
        f"""
        SELECT n.nspname AS "schema", c.relname AS "table", t.tgname AS "name",
               pg_get_triggerdef(t.oid) AS "definition",
               CASE t.tgenabled WHEN 'D' THEN 'no' WHEN 'A' THEN 'always' WHEN 'R' THEN 'replica'
                    END AS "enabled",
               obj_description(t.oid, 'pg_trigger') AS "comment"
        FROM {CLASSES} JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
        WHERE {{parent trigger}} = 0""",
    ),
    (
        Kind.TRIGGER,
        f"""
        SELECT n.nspname AS "schema", c.relname AS "table", r.rulename AS "name",
               pg_get_ruledef(r.oid) AS "definition",
               CASE r.ev_enabled WHEN 'D' THEN 'no' WHEN 'A' THEN 'always' WHEN 'R' THEN 'replica'
                    END AS "enabled"
        FROM {CLASSES} JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN'""",
    ),
    (
        Kind.POLICY,
        f"""
        SELECT n.nspname AS "schema", c.relname AS "table", y.polname AS "name",
               CASE y.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                    WHEN 'd' THEN 'DELETE' ELSE 'ALL' END AS "command",
               (SELECT string_agg(coalesce(g.rolname, 'public'), ', ' ORDER BY g.rolname)
                FROM unnest(y.polroles) AS o (role) LEFT JOIN pg_roles g ON g.oid = o.role)
                AS "roles",
               pg_get_expr(y.polqual, y.polrelid) AS "using",
               pg_get_expr(y.polwithcheck, y.polrelid) AS "with check",
               CASE WHEN NOT y.polpermissive THEN 'yes' END AS "restrictive"
        FROM {CLASSES} JOIN pg_policy y ON y.polrelid = c.oid""",
    ),
    (
        Kind.VIEW,
        f"""
        SELECT n.nspname AS "schema", '' AS "table", c.relname AS "name",
               pg_get_viewdef(c.oid) AS "definition",
               CASE c.relkind WHEN 'm' THEN 'yes' END AS "materialized",
               array_to_string(c.reloptions, ', ') AS "options",
               obj_description(c.oid, 'pg_class') AS "comment"
        FROM {CLASSES} WHERE c.relkind IN ('v', 'm')""",
    ),
)

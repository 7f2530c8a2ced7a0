using System.Text.RegularExpressions;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// What <c>postgres.sql</c> may send: one statement whose effect ends with the transaction it stands in. What begins or ends transactions, a second statement, and functions that act
/// past the transaction (a promotion above all: it has a kind of its own, with a fence) are refused before anything is sent. Pure.
/// </summary>
internal static partial class SqlStatement
{
    private static readonly string[] OfTransactions = ["begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "prepare", "copy", "load", "listen", "checkpoint"];
    private static readonly string[] Looking = ["select", "with", "values", "table", "show", "explain"];

    /// <summary>Null where it may be sent; otherwise why not.</summary>
    /// <param name="looks">It may only look.</param>
    public static string? Refusal(string sql, bool looks)
    {
        var (first, statements) = Scan(sql);
        return statements == 0 ? "there is no statement in it"
            : statements > 1 ? "it holds more than one statement"
            : OfTransactions.Contains(first) ? $"'{first.ToUpperInvariant()}' acts on the transaction or past it"
            : looks && !Looking.Contains(first) ? $"it begins with '{first.ToUpperInvariant()}' and may only look"
            : ActsPast().Match(sql) is { Success: true } found ? $"'{found.Value.ToLowerInvariant()}' acts past the transaction"
            : null;
    }

    /// <summary>The first word in lower case, and how many statements there are between semicolons.</summary>
    private static (string First, int Statements) Scan(string sql)
    {
        var (first, statements, inStatement) = ("", 0, false);
        for (var at = 0; at < sql.Length;)
        {
            var next = Skip(sql, at);
            if (next > at && IsBlank(sql, at))
            {
                at = next;
                continue;
            }

            if (sql[at] == ';')
            {
                (inStatement, at) = (false, at + 1);
                continue;
            }

            if (!inStatement)
            {
                (inStatement, statements) = (true, statements + 1);
                first = statements == 1 ? FirstWord().Match(sql, at).Groups["word"].Value.ToLowerInvariant() : first;
            }

            at = next > at ? next : at + 1;
        }

        return (first, statements);
    }

    private static bool IsBlank(string sql, int at) => char.IsWhiteSpace(sql[at]) || sql.AsSpan(at).StartsWith("--") || sql.AsSpan(at).StartsWith("/*");

    /// <summary>The end of a word, blank, comment, quoted text or quoted name that begins here, in which a semicolon ends nothing; the same place where none does.</summary>
    private static int Skip(string sql, int at)
    {
        var rest = sql.AsSpan(at);
        if (char.IsWhiteSpace(rest[0]))
        {
            return at + 1;
        }

        if (rest.StartsWith("--"))
        {
            return End(sql, "\n", at + 2);
        }

        if (rest.StartsWith("/*"))
        {
            return Comment(sql, at);
        }

        if (rest is ['e' or 'E', '\'', ..])
        {
            return Escaped(sql, at + 2);
        }

        if (rest[0] is '\'' or '"')
        {
            // A doubled quote is the end of one text and the beginning of the next: together they are passed over all the same.
            return End(sql, rest[..1], at + 1);
        }

        if (Dollar().Match(sql, at) is { Success: true } tag)
        {
            return End(sql, tag.Value, at + tag.Length);
        }

        return Word().Match(sql, at) is { Success: true } word ? at + word.Length : at;
    }

    private static int End(string sql, ReadOnlySpan<char> mark, int from) => sql.AsSpan(from).IndexOf(mark, StringComparison.Ordinal) is >= 0 and var found ? from + found + mark.Length : sql.Length;

    private static int Escaped(string sql, int at)
    {
        while (at < sql.Length && sql[at] != '\'')
        {
            at += sql[at] == '\\' ? 2 : 1;
        }

        return Math.Min(at + 1, sql.Length);
    }

    /// <summary>Comments stand in comments.</summary>
    private static int Comment(string sql, int at)
    {
        var depth = 0;
        do
        {
            var rest = sql.AsSpan(at);
            (depth, at) = rest.StartsWith("/*") ? (depth + 1, at + 2) : rest.StartsWith("*/") ? (depth - 1, at + 2) : (depth, at + 1);
        }
        while (depth > 0 && at < sql.Length);
        return at;
    }

    // In texts and comments too: what is put together there may be carried out.
    [GeneratedRegex(@"\b(pg_promote|pg_terminate_backend|pg_cancel_backend|pg_reload_conf|pg_rotate_logfile|pg_wal_replay_(pause|resume)|pg_switch_wal|pg_create_restore_point|pg_\w*replication_slot\w*|pg_(backup_)?(start|stop)(_backup)?|pg_file_\w+|lo_(export|import)|dblink\w*|setval)(?=\W*\()", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ActsPast();

    [GeneratedRegex(@"\G[(\s]*(?<word>[A-Za-z_]+)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex FirstWord();

    [GeneratedRegex(@"\G[A-Za-z_\u0080-\uFFFF][\w$\u0080-\uFFFF]*", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"\G\$([A-Za-z_\u0080-\uFFFF][\w\u0080-\uFFFF]*)?\$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Dollar();
}

using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// The results of <c>postgres-ready</c> about a server's own host, from its verb <c>check</c>: whether it could be fenced, its log read, and the server rebuilt there. In an emergency is
/// too late to learn that a program or a right is missing. Pure.
/// </summary>
internal static class PostgresHostJudge
{
    private static readonly Dictionary<string, (string What, string Limit, string Remedy)> Items = new(StringComparer.Ordinal)
    {
        ["lock"] = ("lock of the host", "can be taken", "Install util-linux, or give --keep a folder whose parent the account may write: no fence can be made otherwise."),
        ["account"] = ("account of the host", "can act as the server's account", "Install util-linux (setpriv), or run the script as the server's account."),
        ["control-file"] = ("control file", "can be moved", "Let the script's account write the data folder: no fence can be made otherwise."),
        ["pg_waldump"] = ("pg_waldump", "reads the server's log", "Install pg_waldump of the server's own version, or correct --bin: the end of the log cannot be told otherwise."),
        ["pg_rewind"] = ("pg_rewind", "there", "Install it on the host, or rebuild by base backup."),
        ["pg_basebackup"] = ("pg_basebackup", "there", "Install it on the host."),
        ["place"] = ("place of the data", "a plain folder in its file system", "The old primary must be rebuilt by hand here: plan it."),
        ["reading"] = ("copy for reading", "none is left", "Remove it (DATA.dro-reading): whole data of the server, which a reading of rows that was ended by force has left there."),
    };

    public static IEnumerable<GateResult> Judge(DatabaseDefinition database, HostAnswer answer)
    {
        if (answer is not HostAnswer.Said said)
        {
            yield return Result(database, "host can act", false, answer.Reason, "its check passes", "Bring the postgres-host.sh that is packed beside this dro to the host, and see that it answers.");
            yield break;
        }

        foreach (var item in (said.Facts["checks"] as JsonArray ?? []).OfType<JsonObject>().Where(item => Items.ContainsKey(item.Text("name"))))
        {
            var (what, limit, remedy) = Items[item.Text("name")];
            yield return Result(database, what, item.Flag("holds"), item.Text("detail"), limit, remedy);
        }

        // A rebuild copies the data folder, the log in it too, and what is kept for reconciliation is log once more.
        var (data, log, free) = (said.Facts.Number("dataKilobytes") ?? 0, said.Facts.Number("walKilobytes") ?? 0, said.Facts.Number("freeKilobytes") ?? 0);
        var copies = (long)(said.Facts.Number("keptCopies") ?? 0);
        var kept = copies > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {copies} old copies are kept")
            : said.Facts.ContainsKey("keptCopies") && said.Facts["keptCopies"] is null ? "; whether old copies are kept cannot be told"
            : "";
        yield return Result(
            database,
            "room",
            data > 0 && free >= data + log,
            $"{Size(free)} free" + kept,
            $"at least {Size(data + log)}, the size of the data and of their log",
            "Make room: a rebuild keeps the old data whole beside the new. Remove old copies (DATA.dro/FENCE/data) that are accounted for.");
    }

    /// <summary>Of a host that is asked by Jobs.</summary>
    public static GateResult Job(DatabaseDefinition database, bool could, string words) => Result(
        database, "host job", could, words, "a Job could be made on its volume", "Correct 'job:' under the database's 'host:' in the estate, or what the cluster says stands against it: it cannot be fenced otherwise.");

    private static GateResult Result(DatabaseDefinition database, string what, bool passed, string value, string limit, string remedy) =>
        new($"postgres-ready {database.Name} {what}", passed, value, limit, $"host of {database.Name}", TimeSpan.Zero, passed ? "" : remedy);

    private static string Size(double kilobytes) => string.Create(CultureInfo.InvariantCulture, $"{kilobytes / 1024 / 1024:0.0} GB");
}

using System.Globalization;
using System.Text;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// What is started in a server's pod: a shell that reads this release's <c>postgres-host.sh</c> from its input, and runs it only when all of it has come. So a command whose
/// connection breaks before that does nothing, and the script is never part of an address. Pure.
/// </summary>
internal static class HostExecCommand
{
    /// <summary>A group of processes of its own, which can be ended with all that it started: <c>timeout</c> of BusyBox ends one process only. Most clusters begin one anyhow.</summary>
    private const string Begin = """read -r _ _ _ _ g _ </proc/$$/stat; [ "$g" = $$ ] && s= || s=setsid; b=$1; shift; exec $s sh -c "$b" "$@" """;

    /// <summary>
    /// Its time runs before it is given the script, so that it is over whenever that comes, whoever still listens. Exits with 97, and without a word, where less than the script has come. By
    /// <c>$!</c> the clock is ended whenever the script is over: it is known from the moment the clock is there.
    /// </summary>
    private const string Within =
        """LC_ALL=C; export LC_ALL; n=$1; t=$2; shift 2; (trap 'kill $!; exit' TERM; sleep "$t" & wait $!; kill -KILL 0) </dev/null >/dev/null 2>&1 & w=$!; read -r u _ </proc/uptime; DRO_ENDS=$((${u%.*}+t)); export DRO_ENDS; s=$(head -c "$n"; echo .); s=${s%.}; c=97; [ "${#s}" != "$n" ] || { sh -c "$s" "$@" </dev/null; c=$?; }; kill $w; exit $c""";

    /// <summary>The script itself, ASCII.</summary>
    public static ReadOnlyMemory<byte> Script { get; } = Encoding.ASCII.GetBytes(HostJobManifest.ScriptText);

    /// <param name="lasts">How long it may take from its start, the way of the script there included.</param>
    public static IReadOnlyList<string> Make(DatabaseHost.Exec exec, string verb, IReadOnlyList<string> words, TimeSpan lasts) =>
    [
        "sh",
        "-c",
        Begin,
        "dro",
        Within,
        "dro",
        Script.Length.ToString(CultureInfo.InvariantCulture),
        Math.Max(1, (long)Math.Ceiling(lasts.TotalSeconds)).ToString(CultureInfo.InvariantCulture),
        HostJobManifest.ScriptName,
        "--inside",
        "--supervised",
        "--data",
        exec.Data,
        .. exec.Programs is { } programs ? ["--bin", programs] : Array.Empty<string>(),
        verb,
        .. words,
    ];
}

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
    /// <summary>Exits with 97, and without a word, where less than the script has come. <c>timeout</c> ends the script and what it started, whoever still listens.</summary>
    private const string Begin =
        """LC_ALL=C; export LC_ALL; n=$1; t=$2; shift 2; s=$(head -c "$n"; echo .); s=${s%.}; [ "${#s}" = "$n" ] || exit 97; exec timeout -s KILL "$t" sh -c "$s" "$@" </dev/null""";

    /// <summary>The script itself, ASCII.</summary>
    public static ReadOnlyMemory<byte> Script { get; } = Encoding.ASCII.GetBytes(HostJobManifest.ScriptText);

    /// <param name="lasts">How long the script may take once it runs.</param>
    public static IReadOnlyList<string> Make(DatabaseHost.Exec exec, string verb, IReadOnlyList<string> words, TimeSpan lasts) =>
    [
        "sh",
        "-c",
        Begin,
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

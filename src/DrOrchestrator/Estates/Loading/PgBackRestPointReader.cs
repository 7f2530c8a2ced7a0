using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a recovery point of kind <c>pgbackrest</c>.</summary>
internal static partial class PgBackRestPointReader
{
    public static RecoveryPointSettings Read(StrictMap with, PointScope scope) => with.Common(
        mayBeContinuous: false,
        new PgBackRestPointSettings(
            scope.Standby(with),
            PointScope.FullPath(with, "program"),
            with.Parse<string>("stanza", "the name of a stanza", TryStanza, ""),
            with.Has("config") ? PointScope.FullPath(with, "config") : Absent(with),
            with.OptionalInteger("repository", 1, 256),
            scope.PostgresPoint(with, "log"),
            with.OptionalInteger("segment-megabytes", 1, 1024) ?? 16));

    private static string? Absent(StrictMap with) => with.OptionalText("config");

    private static bool TryStanza(string text, out string stanza)
    {
        stanza = text;
        return Stanza().IsMatch(text);
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][-A-Za-z0-9_.]{0,63}\z")]
    private static partial Regex Stanza();
}

using System.Text.RegularExpressions;
using DrOrchestrator.Commands;
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
            Config(with, scope.Estate.Folder),
            with.OptionalInteger("repository", 1, 256),
            scope.PostgresPoint(with, "log"),
            with.OptionalInteger("segment-megabytes", 1, 1024) ?? 16));

    /// <summary>pgBackRest starts programs that its configuration names, so the estate's writers must not be those who write it. Whose the file is, the server looks at before every start.</summary>
    private static string? Config(StrictMap with, string folder)
    {
        if (!with.Has("config"))
        {
            return with.OptionalText("config");
        }

        var config = PointScope.FullPath(with, "config");
        if (ProgramConfig.IsInside(config, folder))
        {
            with.Problems.Add(
                with.PlaceOf("config"), "'config' lies in the estate's folder, and pgbackrest starts programs that it names", "the full path of a file elsewhere, of root or the server's own account", "Move the file.");
        }

        return config;
    }

    private static bool TryStanza(string text, out string stanza)
    {
        stanza = text;
        return Stanza().IsMatch(text);
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][-A-Za-z0-9_.]{0,63}\z")]
    private static partial Regex Stanza();
}

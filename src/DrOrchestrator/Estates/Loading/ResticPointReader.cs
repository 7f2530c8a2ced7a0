using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a recovery point of kind <c>restic</c>.</summary>
internal static class ResticPointReader
{
    public static RecoveryPointSettings Read(StrictMap with, PointScope scope)
    {
        var environment = new Dictionary<string, SecretReference>(StringComparer.Ordinal);
        if (with.Map("environment", required: false, "variables, each a secret") is { } map)
        {
            foreach (var (key, _) in map.Entries)
            {
                if (map.Secret(key.Text, scope.Estate, required: true) is { } secret)
                {
                    environment[key.Text] = secret;
                }
            }
        }

        return with.Common(
            mayBeContinuous: false,
            new ResticPointSettings(
                scope.Standby(with),
                PointScope.FullPath(with, "program"),
                with.Parse<string>("repository", "a repository without a password in it", TryRepository, "", secret: true),
                with.Secret("password", scope.Estate, required: true) ?? new SecretReference.Env(""),
                [.. with.Scalars("tags", required: false).Select(tag => tag.Text)],
                with.OptionalText("host"),
                with.OptionalText("path"),
                environment));
    }

    /// <summary>rest:https://user:password@host/ is how restic takes a password on its command line, where everybody can read it.</summary>
    private static bool TryRepository(string text, out string repository)
    {
        repository = text;
        var address = text.StartsWith("rest:", StringComparison.Ordinal) ? text["rest:".Length..] : text;
        return !text.StartsWith('-') && (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || !uri.UserInfo.Contains(':', StringComparison.Ordinal));
    }
}

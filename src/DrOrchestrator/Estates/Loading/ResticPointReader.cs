using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a recovery point of kind <c>restic</c>. Nothing in it may make restic start another program: the server allows restic, not what the estate's writers like.</summary>
internal static class ResticPointReader
{
    private const string Repositories = "a full path, or an address that begins with s3:, rest:, b2:, azure:, gs: or swift:";

    private static readonly string[] Stores = ["s3", "rest", "b2", "azure", "gs", "swift"];

    /// <summary>For these restic starts rclone or ssh, found by PATH or by a configuration file.</summary>
    private static readonly string[] Starters = ["rclone", "sftp"];

    /// <summary>
    /// Keys and names for storage, one by one and not by their beginnings: RESTIC_PASSWORD_COMMAND, LD_PRELOAD and PATH run what they name, and so do AWS_SHARED_CREDENTIALS_FILE
    /// (credential_process), GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES and AZURE_FORCE_CLI_CREDENTIAL.
    /// </summary>
    private static readonly string[] Variables =
    [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_REGION",
        "AZURE_ACCOUNT_NAME", "AZURE_ACCOUNT_KEY", "AZURE_ACCOUNT_SAS", "AZURE_ENDPOINT_SUFFIX",
        "B2_ACCOUNT_ID", "B2_ACCOUNT_KEY",
        "GOOGLE_PROJECT_ID", "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_ACCESS_TOKEN",
        "OS_AUTH_URL", "OS_REGION_NAME", "OS_USERNAME", "OS_USER_ID", "OS_PASSWORD", "OS_TENANT_ID", "OS_TENANT_NAME", "OS_USER_DOMAIN_NAME", "OS_USER_DOMAIN_ID", "OS_PROJECT_NAME",
        "OS_PROJECT_DOMAIN_NAME", "OS_PROJECT_DOMAIN_ID", "OS_TRUST_ID", "OS_APPLICATION_CREDENTIAL_ID", "OS_APPLICATION_CREDENTIAL_NAME", "OS_APPLICATION_CREDENTIAL_SECRET",
        "OS_STORAGE_URL", "OS_AUTH_TOKEN",
        "ST_AUTH", "ST_USER", "ST_KEY",
        "RESTIC_REST_USERNAME", "RESTIC_REST_PASSWORD",
    ];

    public static RecoveryPointSettings Read(StrictMap with, PointScope scope)
    {
        var environment = new Dictionary<string, SecretReference>(StringComparer.Ordinal);
        if (with.Map("environment", required: false, "variables, each a secret") is { } map)
        {
            foreach (var (key, _) in map.Entries)
            {
                var secret = map.Secret(key.Text, scope.Estate, required: true);
                if (!Variables.Contains(key.Text))
                {
                    map.Problems.AddWord(key.Place, $"the variable {Problems.Quote(key.Text)}", key.Text, Variables, "Name a variable of the storage; others could make restic start a program.");
                }
                else if (secret is not null)
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
                Repository(with),
                with.Secret("password", scope.Estate, required: true) ?? new SecretReference.Env(""),
                [.. with.Scalars("tags", required: false).Select(tag => tag.Text)],
                with.OptionalText("host"),
                with.OptionalText("path"),
                environment));
    }

    private static string Repository(StrictMap with)
    {
        // Its place and nothing of it: a password may stand in it.
        if (with.Peek("repository") is YamlScalar { Text: var text } scalar && Starters.FirstOrDefault(starter => Scheme(text).Equals(starter, StringComparison.OrdinalIgnoreCase)) is { } kind)
        {
            with.Node("repository");
            with.Problems.Add(scalar.Place, $"'repository' is of kind '{kind}:', for which restic starts another program", Repositories, "Reach the repository in another way, for instance by rest:.");
            return "";
        }

        return with.Parse<string>("repository", $"{Repositories}, without a password in it", TryRepository, "", secret: true);
    }

    /// <summary>rest:https://user:password@host/ is how restic takes a password on its command line, where everybody can read it.</summary>
    private static bool TryRepository(string text, out string repository)
    {
        repository = text;
        var address = text.StartsWith("rest:", StringComparison.Ordinal) ? text["rest:".Length..] : text;
        return (text.StartsWith('/') || Stores.Contains(Scheme(text))) && (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || !uri.UserInfo.Contains(':', StringComparison.Ordinal));
    }

    private static string Scheme(string text) => text.IndexOf(':', StringComparison.Ordinal) is > 0 and var end ? text[..end].Trim() : "";
}

using System.Globalization;

namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>
/// What a pod knows when it starts: its environment, and for whatever is not in there the lab's own directory (what a cluster's DNS would tell it), so that the
/// Job of a drill needs no addresses.
/// </summary>
internal sealed record PodSettings(
    string Site,
    int Port,
    string Volume,
    Uri StoreUrl,
    Uri PeerStoreUrl,
    StoreRole InitialRole,
    TimeSpan ReplicationDelay,
    string? FaultsFile)
{
    /// <exception cref="InvalidDataException">Something is missing or wrong; the message says what.</exception>
    public static PodSettings Read(Func<string, string?> environment, LabSettings? lab)
    {
        string site = environment("SITE") ?? throw Missing("SITE");
        return new PodSettings(
            site,
            int.TryParse(environment("PORT"), NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? port : 0,
            environment("DRO_VOLUME") ?? "",
            AddressOf("STORE_URL", environment, lab?.StoreUrl(site)),
            AddressOf("PEER_STORE_URL", environment, lab?.StoreUrl(lab.PeerOf(site))),
            RoleOf(environment("INITIAL_ROLE")),
            DelayOf(environment("REPLICATION_DELAY_MS")) ?? lab?.ReplicationDelay ?? TimeSpan.FromMilliseconds(500),
            environment("DRO_FAULTS") ?? lab?.FaultsFile);
    }

    private static Uri AddressOf(string name, Func<string, string?> environment, Uri? fallback) => environment(name) switch
    {
        null => fallback ?? throw Missing(name),
        var text when Uri.TryCreate(text, UriKind.Absolute, out Uri? url) => url,
        var text => throw new InvalidDataException($"{name} is '{text}'; it must be an absolute URL"),
    };

    private static StoreRole RoleOf(string? text) => text switch
    {
        null or "standby" => StoreRole.Standby,
        "primary" => StoreRole.Primary,
        _ => throw new InvalidDataException($"INITIAL_ROLE is '{text}'; allowed are primary and standby"),
    };

    private static TimeSpan? DelayOf(string? text) => text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int milliseconds) ? TimeSpan.FromMilliseconds(milliseconds)
        : throw new InvalidDataException($"REPLICATION_DELAY_MS is '{text}'; it must be a whole number of milliseconds");

    private static InvalidDataException Missing(string name) => new($"the environment variable {name} is missing; the kubelet of the lab sets it");
}

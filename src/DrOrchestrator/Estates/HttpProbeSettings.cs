namespace DrOrchestrator.Estates;

/// <summary><c>http</c>: one request on a fresh or a reused connection.</summary>
/// <param name="Body">Sent as is; <c>{{nonce}}</c> stands for a value never sent before, so that every probe is a new write.</param>
/// <param name="BodyContains">Text the answer must contain, or null.</param>
public sealed record HttpProbeSettings(
    Uri Url,
    string Method,
    IReadOnlyDictionary<string, string> Headers,
    string? Body,
    IReadOnlyList<int> ExpectedStatus,
    string? BodyContains,
    bool FreshConnection) : ProbeSettings("http")
{
    /// <inheritdoc />
    public override string Target => $"{Method} {Url.GetLeftPart(UriPartial.Path)}";
}

using System.Globalization;
using System.Text.Json;

namespace DrOrchestrator.Kubernetes;

/// <summary>What a program gave: a token, a client certificate, or both. No record, so that nothing prints it.</summary>
internal sealed class ExecCredential
{
    private static readonly TimeSpan MostSlack = TimeSpan.FromSeconds(30);

    private readonly DateTimeOffset? _renewAt;

    private ExecCredential(string? token, ClientCertificate? certificate, DateTimeOffset? expires, DateTimeOffset now)
    {
        Token = token;
        Certificate = certificate;

        // A request takes time to arrive, and two clocks differ; of a short life no more than a tenth is given up.
        _renewAt = expires is { } end ? end - new[] { MostSlack, (end - now) / 10 }.Min() : null;
    }

    public string? Token { get; }

    public ClientCertificate? Certificate { get; }

    public bool IsFresh(DateTimeOffset now) => _renewAt is not { } at || now < at;

    /// <summary>Reads the program's output; throws <see cref="ClusterAccessException"/> with a message that has nothing of the output.</summary>
    public static ExecCredential Parse(string output, string apiVersion, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(output);
            return Parse(document.RootElement, apiVersion, now);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second of the two: a text that is no Unicode, half of a pair of surrogates.
            throw new ClusterAccessException("its output is no JSON");
        }
    }

    private static ExecCredential Parse(JsonElement root, string apiVersion, DateTimeOffset now)
    {
        if (Text(root, "kind") is not "ExecCredential")
        {
            throw new ClusterAccessException("its output is no ExecCredential");
        }

        if (Text(root, "apiVersion") is var version && version != apiVersion)
        {
            throw new ClusterAccessException($"its output has another apiVersion than the kubeconfig's {apiVersion}");
        }

        var status = root.TryGetProperty("status", out var found) ? found : throw new ClusterAccessException("its output has no status");
        var (token, certificate, key) = (Text(status, "token"), Text(status, "clientCertificateData"), Text(status, "clientKeyData"));
        if (token is null && certificate is null)
        {
            throw new ClusterAccessException("its output has neither token nor clientCertificateData");
        }

        if ((certificate is null) != (key is null))
        {
            throw new ClusterAccessException("its output has one of clientCertificateData and clientKeyData; both are needed");
        }

        if (token is not null && token.Any(c => c is <= ' ' or > '~'))
        {
            throw new ClusterAccessException("its token has characters that no header can carry");
        }

        var shown = certificate is null ? null : ClientCertificate.Of(certificate, key!, "its output");
        if (shown?.Problem(now) is { } problem)
        {
            throw new ClusterAccessException($"the client certificate in its output {problem}");
        }

        var expires = Expiry(status);
        if (expires <= now)
        {
            throw new ClusterAccessException($"what it gave has expired at {ClientCertificate.Words(expires.Value)}; is the clock of this host right");
        }

        return new ExecCredential(token, shown, new[] { expires, shown?.Until }.Min(), now);
    }

    private static DateTimeOffset? Expiry(JsonElement status) =>
        Text(status, "expirationTimestamp") is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment
        : throw new ClusterAccessException("its expirationTimestamp is no time");

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}

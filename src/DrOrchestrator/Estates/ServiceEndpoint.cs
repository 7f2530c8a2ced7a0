namespace DrOrchestrator.Estates;

/// <summary>A named HTTP address that probes, steps and canaries refer to, so that plans hold no host names.</summary>
/// <param name="TokenFile">Full path of a file whose first line is sent as a bearer token, or null.</param>
public sealed record ServiceEndpoint(string Name, Uri Url, string? TokenFile);

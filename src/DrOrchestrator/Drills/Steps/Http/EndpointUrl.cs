namespace DrOrchestrator.Drills.Steps.Http;

/// <summary>An address at an endpoint of the estate: never of another host, whoever wrote the path, since the endpoint's token goes along. Pure.</summary>
internal static class EndpointUrl
{
    /// <exception cref="StepFailedException">It is no path.</exception>
    public static Uri At(Uri endpoint, string path) =>
        IsPath(path) && Uri.TryCreate(endpoint, path, out var url) && url.Scheme == endpoint.Scheme && url.Authority == endpoint.Authority && url.UserInfo == endpoint.UserInfo
            ? url
            : throw new StepFailedException($"'{path}' is no path; it begins with one /");

    /// <summary>One / in front, and nothing that could end it: a \ is a / to readers of addresses.</summary>
    public static bool IsPath(string path) => path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal) && !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl);
}

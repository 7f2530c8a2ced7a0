namespace DrOrchestrator.Cli.Client;

/// <summary>The server refused: status and the code and detail of its <c>application/problem+json</c>.</summary>
internal sealed class ApiException(int status, string code, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    /// <summary>E.g. <c>own-run</c>; empty when the answer was no problem document.</summary>
    public string Code { get; } = code;
}

namespace DrOrchestrator.Sandbox.Kubernetes;

/// <summary>The lab's own record of what was asked of it; the judge of tests. Whether an entry is durable when <see cref="Record"/> returns is the recorder's job.</summary>
public interface IRequestRecord
{
    /// <summary>Takes one mutating request (POST, PUT, PATCH, DELETE) that reached the API, after it was decided and before it is answered. Called from many threads.</summary>
    void Record(RequestEntry entry);
}

/// <summary>One mutating request.</summary>
/// <param name="Path">Path and query as sent.</param>
/// <param name="Status">HTTP status it is about to get.</param>
/// <param name="BodySha256">Lower-case hex; of the empty string when there was no body.</param>
/// <param name="Body">The body as text; null when it was empty, is no text, or would show a secret.</param>
public sealed record RequestEntry(
    DateTimeOffset At,
    string Site,
    string Method,
    string Path,
    string UserAgent,
    int Status,
    string BodySha256,
    string? Body);

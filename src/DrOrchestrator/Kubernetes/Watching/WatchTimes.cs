namespace DrOrchestrator.Kubernetes.Watching;

/// <summary>The spans of a watch; those of the product are the defaults.</summary>
internal sealed record WatchTimes
{
    /// <summary>How long what was confirmed counts. Servers send a bookmark about once a minute; then there is <see cref="Silence"/>, and time for a list.</summary>
    public TimeSpan Validity { get; init; } = TimeSpan.FromSeconds(150);

    /// <summary>Without event or bookmark for so long: the watch is given up and everything is listed anew.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Of one page of a list.</summary>
    public TimeSpan Page { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Until a watch has begun to answer.</summary>
    public TimeSpan Opening { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Shortest life of a watch, after which the server ends it; up to twice of it, by chance, so that not all end together.</summary>
    public TimeSpan Life { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Before the second try after a failure; twice as long before each further one.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait between two tries.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between two tries where a right is missing: somebody has to change something first.</summary>
    public TimeSpan Refused { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A watch that lasted so long was a good one, even if nothing came on it.</summary>
    public TimeSpan Proven { get; init; } = TimeSpan.FromSeconds(10);
}

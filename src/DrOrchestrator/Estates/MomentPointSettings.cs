namespace DrOrchestrator.Estates;

/// <summary>How a moment is written.</summary>
/// <param name="Format">One of the words of <see cref="Words"/>, or a format of .NET such as <c>yyyyMMdd-HHmmss</c>.</param>
/// <param name="Zone">The zone of moments that do not say it themselves.</param>
public sealed record MomentFormat(string Format, TimeZoneInfo Zone)
{
    /// <summary>RFC 3339, as JSON usually has it.</summary>
    public const string Rfc3339 = "rfc3339";

    /// <summary>Seconds since 1970, with or without a fraction.</summary>
    public const string UnixSeconds = "unix-seconds";

    /// <summary>Milliseconds since 1970.</summary>
    public const string UnixMilliseconds = "unix-milliseconds";

    /// <summary>The words.</summary>
    public static IReadOnlyList<string> Words { get; } = [Rfc3339, UnixSeconds, UnixMilliseconds];
}

/// <summary><c>http</c>: a JSON document that holds the moment.</summary>
/// <param name="Path">Keys and indexes from the root: <c>backups[0].finished</c>.</param>
/// <param name="Authorization">Value of the header, or null.</param>
public sealed record HttpPointSettings(string Standby, Uri Url, string Path, MomentFormat Format, SecretReference? Authorization) : MomentSettings("http", Standby)
{
    /// <summary>What TLS asks for beyond the usual; null for nothing.</summary>
    public TlsSettings? Tls { get; init; }
}

/// <summary><c>files</c>: the newest file of a folder by the moment it represents. The time of the file itself is taken only where the estate says so.</summary>
/// <param name="Folder">Full path.</param>
/// <param name="Name">A regular expression that names of copies match; its group <c>time</c> is the moment.</param>
/// <param name="ManifestPath">Where the moment stands in the file, which is then read as JSON; null otherwise.</param>
/// <param name="UsesModified">The time of last change is the moment.</param>
public sealed record FilesPointSettings(string Standby, string Folder, string Name, MomentFormat Format, string? ManifestPath, bool UsesModified) : MomentSettings("files", Standby)
{
    /// <summary>A copy counts only with a file of the same name and this ending beside it, written when the copy was whole and not older than it; null where none is written.</summary>
    public string? Marker { get; init; }

    /// <summary>A copy counts only when its last change is so long ago, besides two looks that found it unchanged; zero where the two looks are enough.</summary>
    public TimeSpan UnchangedFor { get; init; }
}

/// <summary><c>pgbackrest</c>: what <c>pgbackrest info</c> says of one stanza.</summary>
/// <param name="Program">Full path.</param>
/// <param name="Config">Full path of its configuration file; null for its own default.</param>
/// <param name="Repository">Number of the repository; null for all.</param>
/// <param name="Log">A recovery point of kind <c>postgres</c> that knows when the log stood where, so that archived segments can be dated; null for none.</param>
/// <param name="SegmentMegabytes">Size of a segment of the log.</param>
public sealed record PgBackRestPointSettings(
    string Standby, string Program, string Stanza, string? Config, int? Repository, string? Log, int SegmentMegabytes) : MomentSettings("pgbackrest", Standby);

/// <summary><c>restic</c>: the newest snapshot of a repository.</summary>
/// <param name="Program">Full path.</param>
/// <param name="Environment">What its storage asks for (keys of an object store), by name of the variable.</param>
public sealed record ResticPointSettings(
    string Standby,
    string Program,
    string Repository,
    SecretReference Password,
    IReadOnlyList<string> Tags,
    string? Host,
    string? Path,
    IReadOnlyDictionary<string, SecretReference> Environment) : MomentSettings("restic", Standby);

/// <summary><c>velero</c>: Backup resources of a cluster.</summary>
/// <param name="Cluster">The site whose cluster is asked.</param>
/// <param name="Schedule">The schedule they come from; null for all.</param>
public sealed record VeleroPointSettings(string Standby, string Cluster, string Namespace, string? Schedule) : MomentSettings("velero", Standby);

/// <summary><c>volumesnapshot</c>: VolumeSnapshot resources of a cluster.</summary>
/// <param name="Claims">Every claim must have one; the moment is that of the claim whose newest is the oldest.</param>
public sealed record VolumeSnapshotPointSettings(string Standby, string Cluster, string Namespace, IReadOnlyList<string> Claims) : MomentSettings("volumesnapshot", Standby);

/// <summary><c>prometheus</c>: a query whose value is a moment or an age.</summary>
/// <param name="Url">Of the server, without <c>/api/v1</c>.</param>
/// <param name="GivesAge">The value is an age in seconds; otherwise seconds since 1970.</param>
public sealed record PrometheusPointSettings(string Standby, Uri Url, string Query, bool GivesAge, SecretReference? Authorization) : MomentSettings("prometheus", Standby)
{
    /// <summary>What TLS asks for beyond the usual; null for nothing.</summary>
    public TlsSettings? Tls { get; init; }
}

namespace DrOrchestrator.Web;

/// <summary>How <c>dro serve</c> was asked to run.</summary>
/// <param name="EstateFolder">Folder of the estate's YAML.</param>
/// <param name="DataFolder">Everything the server writes is below it; made when missing.</param>
/// <param name="Urls">Where to listen, separated by semicolons; loopback and a free port by default. Plain HTTP only.</param>
/// <param name="StopWithStdin">Ends the server when its standard input ends; without it standard input is not read.</param>
/// <param name="AnnounceReady">Prints <c>{"ready":true,"url":"..."}</c> on standard output once requests are answered.</param>
/// <param name="Database">PostgreSQL that keeps the records; the SQLite file of the data folder when null.</param>
/// <param name="SpoolMiB">Largest size of the spool for observations while the database is away, 1 to 1024 MiB; 64 when null.</param>
public sealed record ServeOptions(
    string EstateFolder,
    string DataFolder,
    string Urls = ServeOptions.LoopbackUrl,
    bool StopWithStdin = false,
    bool AnnounceReady = false,
    ConnectionText? Database = null,
    int? SpoolMiB = null)
{
    /// <summary>Full paths of the programs that the estate may have this server start; none unless named here.</summary>
    public IReadOnlyList<string> AllowedCommands { get; init; } = [];

    /// <summary>Which of the estate's vantage points this server is; null where it declares one at most.</summary>
    public string? Vantage { get; init; }

    /// <summary>Where another server has the database's turn: waits for it in place of being refused, and goes back to waiting where another takes it. PostgreSQL only.</summary>
    public bool StandsBy { get; init; }

    /// <summary>A free port of the loopback interface.</summary>
    public const string LoopbackUrl = "http://127.0.0.1:0";
}

/// <summary>The process's own streams; a parameter so that tests have others.</summary>
/// <param name="Input">Opened only when it is watched.</param>
public sealed record StandardStreams(Func<Stream> Input, TextWriter Output, TextWriter Error)
{
    /// <summary>Those of the process.</summary>
    public static StandardStreams OfProcess { get; } = new(Console.OpenStandardInput, Console.Out, Console.Error);
}

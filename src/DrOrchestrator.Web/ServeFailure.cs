namespace DrOrchestrator.Web;

/// <summary>Why the server does not start.</summary>
/// <param name="ExitCode">1 internal, 2 usage, 3 invalid estate, 7 data folder or database in use, 8 database.</param>
/// <param name="Message">For people; several lines when several things are wrong.</param>
public sealed record ServeFailure(int ExitCode, string Message)
{
    /// <summary>Something of ours failed.</summary>
    public const int Internal = 1;

    /// <summary>The command line asks for something that is not offered.</summary>
    public const int Usage = 2;

    /// <summary>The estate is not valid.</summary>
    public const int InvalidEstate = 3;

    /// <summary>Another server holds the data folder, or the database.</summary>
    public const int DataFolderInUse = 7;

    /// <summary>The database cannot be reached, lets us not in, is not fit to keep records, or is not the one of the data folder.</summary>
    public const int Database = 8;
}

/// <summary>Carries a <see cref="ServeFailure"/> out of the composition.</summary>
public sealed class ServeException(ServeFailure failure, Exception? inner = null) : Exception(failure.Message, inner)
{
    /// <summary>The failure.</summary>
    public ServeFailure Failure { get; } = failure;

    /// <summary>With an exit code and a message.</summary>
    public ServeException(int exitCode, string message, Exception? inner = null)
        : this(new ServeFailure(exitCode, message), inner)
    {
    }
}

namespace DrOrchestrator.Estates;

/// <summary>A PostgreSQL server of a system at one site, as steps of plans act on it (<c>databases:</c>).</summary>
/// <param name="Target">How the server itself is reached.</param>
/// <param name="Host">How its own host is reached; null where it is not, and then it can be neither fenced nor rebuilt.</param>
/// <param name="StandbyName">What it calls itself at its primary (<c>application_name</c>); its own name by default.</param>
public sealed record DatabaseDefinition(string Name, string System, string Site, PostgresTarget Target, DatabaseHost? Host, string StandbyName);

/// <summary>
/// The way to a database's own host, where <c>runbooks/postgres-host.sh</c> stops the server and keeps it from starting: what no connection to the server can do.
/// A closed set.
/// </summary>
public abstract record DatabaseHost
{
    private DatabaseHost()
    {
    }

    /// <summary><c>command: [/full/path, argument...]</c>: a program that the server's settings allow; the verb and its words follow as further arguments.</summary>
    /// <param name="Program">Full path.</param>
    public sealed record Command(string Program, IReadOnlyList<string> Arguments) : DatabaseHost;
}

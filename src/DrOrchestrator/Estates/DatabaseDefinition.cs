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

    /// <summary><c>job: { ... }</c>: a Kubernetes Job at the database's site that mounts the server's claim, while no pod of the server does.</summary>
    /// <param name="Workload">What runs the server: <c>statefulset/NAME</c> or <c>deployment/NAME</c>. Its end is what must be seen before the Job's word counts.</param>
    /// <param name="Claim">PersistentVolumeClaim that holds the data folder; one node's or one pod's at a time.</param>
    /// <param name="Data">Path of the data folder within the volume, without a slash at either end; never the volume's root.</param>
    /// <param name="Image">Of the same major version as the server, with a shell and util-linux: usually the server's own.</param>
    public sealed record Job(string Namespace, string Workload, string Claim, string Data, string Image) : DatabaseHost
    {
        /// <summary>Full path of PostgreSQL's programs in the image; null where the script finds them.</summary>
        public string? Programs { get; init; }

        /// <summary>Account (1 or above) that the data belongs to, for clusters that let no pod run as root; null for the image's own, root.</summary>
        public int? RunAs { get; init; }

        /// <summary>Secret of the namespace whose key <c>password</c> is the one of the role that replicates; null for none.</summary>
        public string? PasswordSecret { get; init; }
    }

    /// <summary><c>exec: { ... }</c>: <c>pods/exec</c> into a container at the database's site that sees the server's processes and outlives them.</summary>
    /// <param name="Container">Never the one whose process 1 is the server: it would end with it, and what is done in it too.</param>
    /// <param name="Data">Full path of the data folder in that container, below the mount of a claim.</param>
    public sealed record Exec(string Namespace, string Pod, string Container, string Data) : DatabaseHost
    {
        /// <summary>Full path of PostgreSQL's programs in the container; null where the script finds them.</summary>
        public string? Programs { get; init; }
    }
}

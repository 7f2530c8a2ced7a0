namespace DrOrchestrator.Discovery;

/// <summary>Which database a workload may be, by what its image is called or, failing that, the port it says it listens on. A guess, and said as one. Pure.</summary>
internal static class DatabaseGuess
{
    /// <summary>What the last part of an image's name is or begins with, behind which no letter comes; in the order tried.</summary>
    private static readonly (string Image, string Product)[] Images =
    [
        ("postgres", "PostgreSQL"), ("postgresql", "PostgreSQL"), ("postgis", "PostgreSQL"), ("timescaledb", "PostgreSQL"), ("mysql", "MySQL"), ("percona-server", "MySQL"), ("mariadb", "MariaDB"),
        ("mongo", "MongoDB"), ("mongodb", "MongoDB"), ("redis", "Redis"), ("valkey", "Valkey"), ("oracle", "Oracle Database"), ("mssql", "SQL Server"), ("db2", "Db2"), ("cassandra", "Cassandra"),
        ("tidb", "TiDB"), ("tikv", "TiKV"), ("oceanbase", "OceanBase"), ("opengauss", "openGauss"), ("gaussdb", "GaussDB"), ("kingbase", "KingbaseES"), ("dm8", "DM8"),
    ];

    private static readonly Dictionary<int, string> Ports = new()
    {
        [5432] = "PostgreSQL", [3306] = "MySQL", [27017] = "MongoDB", [6379] = "Redis", [1521] = "Oracle Database", [1433] = "SQL Server", [50000] = "Db2", [9042] = "Cassandra", [4000] = "TiDB",
        [2881] = "OceanBase", [54321] = "KingbaseES", [5236] = "DM8",
    };

    /// <summary>For people: <c>PostgreSQL, by the name of its image</c>; null where nothing speaks for a database.</summary>
    public static string? Of(FoundWorkload workload)
    {
        if (workload.Kind == FoundWorkload.Cnpg)
        {
            return "PostgreSQL, by its kind (CloudNativePG)";
        }

        if (workload.Images.Select(OfImage).FirstOrDefault(product => product is not null) is { } named)
        {
            return $"{named}, by the name of its image";
        }

        return workload.Ports.Where(Ports.ContainsKey).Select(port => $"{Ports[port]}, by port {port} alone").FirstOrDefault();
    }

    private static string? OfImage(string image)
    {
        var name = image.Split('@')[0].Split('/')[^1].Split(':')[0].ToLowerInvariant();
        return Images.Where(known => name.StartsWith(known.Image, StringComparison.Ordinal) && IsWord(name[known.Image.Length..])).Select(known => known.Product).FirstOrDefault();
    }

    /// <summary>An exporter, an operator or a backup of a database is none.</summary>
    private static bool IsWord(string rest) =>
        rest.Length == 0 || (!char.IsAsciiLetter(rest[0]) && !Array.Exists(["export", "operator", "backup", "proxy", "router", "client", "admin", "web", "agent", "commander"], word => rest.Contains(word, StringComparison.Ordinal)));
}

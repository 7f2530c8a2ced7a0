using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.Postgres;

/// <summary>Tests that keep something in PostgreSQL share one server, and each has a database of its own in it.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<MigratedPostgres>
{
    public const string Name = "postgres";
}

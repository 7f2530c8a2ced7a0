using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using DrOrchestrator.Credentials;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Time;
using DrOrchestrator.Words;

namespace DrOrchestrator.Storage;

/// <summary>Tokens of people in the database, each change with its evidence in the same transaction.</summary>
internal sealed class SqlPersonTokens(Database database, WriteGate gate, ITransactionalEvidence evidence, ProcessClock clock) : IPersonTokens
{
    private const string Select =
        """
        SELECT id AS Id, person AS Person, token_sha256 AS Sha256, roles AS Roles, note AS Note, created_by AS CreatedBy, created_at AS CreatedAt, expires_at AS ExpiresAt,
               last_used_at AS LastUsedAt, revoked_by AS RevokedBy, revoked_at AS RevokedAt, makers AS Makers
        FROM person_token
        """;

    private sealed record Row(
        long Id, string Person, string Sha256, string? Roles, string? Note, string CreatedBy, long CreatedAt, long ExpiresAt, long? LastUsedAt, string? RevokedBy, long? RevokedAt, string? Makers);

    public Task<IReadOnlyList<KeptToken>> ReadAsync(CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return Task.FromResult(TokenChains.Complete(connection.Query<Row>(Select + " ORDER BY id").Select(row => new KeptToken(ToToken(row), row.Sha256))));
    }

    public Task<PersonToken> AddAsync(PersonToken token, string sha256, string through, CancellationToken cancellationToken) => gate.WriteAsync(
        scope =>
        {
            var added = token with { Id = scope.Connection.ExecuteScalar<long>("SELECT COALESCE(MAX(id), 0) + 1 FROM person_token", transaction: scope.Transaction) };
            scope.Connection.Execute(
                """
                INSERT INTO person_token (id, person, token_sha256, roles, note, created_by, created_at, expires_at, makers)
                VALUES (@Id, @Person, @sha256, @roles, @Note, @CreatedBy, @createdAt, @expiresAt, @makers)
                """,
                new
                {
                    added.Id,
                    added.Person,
                    sha256,
                    roles = added.Roles is null ? null : Words(added.Roles).ToJsonString(),
                    added.Note,
                    added.CreatedBy,
                    createdAt = added.CreatedAt.ToUnixMicros(),
                    expiresAt = added.ExpiresAt.ToUnixMicros(),
                    makers = Texts(added.Makers).ToJsonString(),
                },
                scope.Transaction);
            evidence.AppendWithin(scope, new EvidenceDraft("token.created", added.CreatedBy, null, null, Payload(added, through)));
            return added;
        },
        cancellationToken);

    public Task<PersonToken?> RevokeAsync(long id, string actor, string through, CancellationToken cancellationToken) => gate.WriteAsync(
        scope =>
        {
            if (Find(scope.Connection, scope.Transaction, id) is not { RevokedAt: null } known)
            {
                return Find(scope.Connection, scope.Transaction, id);
            }

            var revoked = known with { RevokedBy = actor, RevokedAt = clock.Now };
            scope.Connection.Execute(
                "UPDATE person_token SET revoked_by = @actor, revoked_at = @at WHERE id = @id", new { id, actor, at = revoked.RevokedAt!.Value.ToUnixMicros() }, scope.Transaction);
            evidence.AppendWithin(scope, new EvidenceDraft("token.revoked", actor, null, null, Payload(revoked, through)));
            return revoked;
        },
        cancellationToken);

    public Task NoteUsesAsync(IReadOnlyDictionary<long, DateTimeOffset> uses, CancellationToken cancellationToken) => gate.WriteAsync(
        scope =>
        {
            scope.Connection.Execute(
                "UPDATE person_token SET last_used_at = @at WHERE id = @id AND (last_used_at IS NULL OR last_used_at < @at)",
                uses.Select(use => new { id = use.Key, at = use.Value.ToUnixMicros() }).ToList(),
                scope.Transaction);
        },
        cancellationToken);

    private static PersonToken? Find(DbConnection connection, DbTransaction transaction, long id) =>
        connection.QuerySingleOrDefault<Row>(Select + " WHERE id = @id", new { id }, transaction) is { } row ? ToToken(row) : null;

    private static JsonObject Payload(PersonToken token, string through) => new()
    {
        ["token"] = token.Id,
        ["person"] = token.Person,
        ["roles"] = token.Roles is null ? null : Words(token.Roles),
        ["note"] = token.Note,
        ["createdBy"] = token.CreatedBy,
        ["makers"] = Texts(token.Makers),
        ["expiresAt"] = token.ExpiresAt.ToRfc3339(),
        ["through"] = through,
    };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static JsonArray Words(IEnumerable<PersonRole> roles) => new([.. roles.Select(role => (JsonNode)role.Word())]);

    /// <summary>A role that this program does not know narrows to nothing: it is left out, never read as "all".</summary>
    private static IReadOnlyList<PersonRole> ToRoles(string words) =>
        [.. JsonNode.Parse(words)!.AsArray().Select(word => EnumWords.TryParse<PersonRole>(word!.GetValue<string>(), out var role) ? role : (PersonRole?)null).OfType<PersonRole>()];

    private static PersonToken ToToken(Row row) => new(
        row.Id,
        row.Person,
        row.Roles is null ? null : ToRoles(row.Roles),
        row.Note,
        row.CreatedBy,
        Micros.FromUnixMicros(row.CreatedAt),
        Micros.FromUnixMicros(row.ExpiresAt),
        row.LastUsedAt is { } used ? Micros.FromUnixMicros(used) : null,
        row.RevokedBy,
        row.RevokedAt is { } revoked ? Micros.FromUnixMicros(revoked) : null)
    {
        Makers = row.Makers is null ? [row.CreatedBy] : [.. JsonNode.Parse(row.Makers)!.AsArray().Select(maker => maker!.GetValue<string>())],
        MakersKnown = row.Makers is not null,
    };
}

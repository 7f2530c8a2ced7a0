using DrOrchestrator.Drills.Steps.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

public sealed class SqlStatementTests
{
    [Theory]
    [InlineData("UPDATE account SET frozen = true;")]
    [InlineData("  -- first; look\n SELECT 1 ; ")]
    [InlineData("SELECT 'a;b', \"c;d\", E'it\\'s;', $$x;y$$, $t$;$t$ /* ; /* ; */ ; */")]
    [InlineData("(SELECT 1)")]
    [InlineData("INSERT INTO t SELECT committed FROM u RETURNING id")]
    [InlineData("SELECT 'it''s; so'")]
    [InlineData("SELECT my_pg_promote(1)")]
    public void Refusal_OneStatementOfItsTransaction_IsNone(string sql) => SqlStatement.Refusal(sql, looks: false).Should().BeNull();

    [Theory]
    [InlineData("", "there is no statement in it")]
    [InlineData(" -- nothing", "there is no statement in it")]
    [InlineData("COMMIT; DELETE FROM account", "it holds more than one statement")]
    [InlineData("SELECT 'a'; SELECT 2", "it holds more than one statement")]
    [InlineData("SELECT $a$ ; $a$; DROP TABLE account", "it holds more than one statement")]
    [InlineData("SELECT 1 /* ; */ ; -- x\n DROP TABLE account", "it holds more than one statement")]
    [InlineData("/* end */ commit", "'COMMIT' acts on the transaction or past it")]
    [InlineData("Prepare TRANSACTION 'x'", "'PREPARE' acts on the transaction or past it")]
    [InlineData("COPY account TO PROGRAM 'sh'", "'COPY' acts on the transaction or past it")]
    [InlineData("SELECT pg_promote()", "'pg_promote' acts past the transaction")]
    [InlineData("SELECT pg_catalog.\"pg_promote\" (false)", "'pg_promote' acts past the transaction")]
    [InlineData("DO $$ BEGIN PERFORM pg_terminate_backend(1); END $$", "'pg_terminate_backend' acts past the transaction")]
    [InlineData("SELECT dblink_exec('host=x', 'DROP TABLE t')", "'dblink_exec' acts past the transaction")]
    [InlineData("SELECT pg_drop_replication_slot('s')", "'pg_drop_replication_slot' acts past the transaction")]
    public void Refusal_WhatActsPastItsTransaction_IsSaid(string sql, string reason) => SqlStatement.Refusal(sql, looks: false).Should().Be(reason);

    [Theory]
    [InlineData("WITH a AS (SELECT 1) SELECT * FROM a", null)]
    [InlineData("DO $$ BEGIN END $$", "it begins with 'DO' and may only look")]
    [InlineData("SET TRANSACTION READ WRITE", "it begins with 'SET' and may only look")]
    public void Refusal_OfWhatMayOnlyLook_AllowsWhatLooks(string sql, string? reason) => SqlStatement.Refusal(sql, looks: true).Should().Be(reason);
}

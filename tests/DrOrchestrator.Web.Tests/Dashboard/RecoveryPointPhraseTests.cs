using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.RecoveryPoints.Moments;
using DrOrchestrator.RecoveryPoints.Postgres;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

public sealed class RecoveryPointPhraseTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Say_OfWhatTheSynchronyJudgeWrites_KnowsEverySentence()
    {
        var attached = new AttachedStandby("dr", "streaming", "sync", "1");
        var good = new PostgresPrimaryReport("on", "default", "FIRST 1 (dr)", true, [], [attached], "");
        PostgresPrimaryReport[] primaries =
        [
            good,
            good with { StandbyNames = "" },
            good with { StandbyNames = "dr dr" },
            good with { StandbyNames = "local" },
            good with { StandbyNames = "ANY 1 (dr, local)" },
            good with { SynchronousCommit = "remote_write" },
            good with { Source = "user" },
            good with { Overrides = [new("role batch in database ledger", "off")] },
            good with { Standbys = [] },
            good with { Standbys = [attached, attached] },
            good with { Standbys = [attached with { State = null }] },
            good with { Standbys = [attached with { State = "catchup" }] },
            good with { Standbys = [attached with { SyncState = "async" }] },
            good with { Fsync = false },
        ];
        var sentences = primaries.SelectMany(primary => new[] { "10.0.0.1:5432", null }.Select(upstream => SynchronyJudge.Judge("dr", primary, new PostgresStandbyReport("dr", true, upstream, "")).Reason)).ToHashSet();

        sentences.Should().HaveCountGreaterThan(13);
        sentences.Append(SynchronyFinding.NotAsked.Reason).Where(text => !Phrasebook.Knows(text)).Should().BeEmpty();
    }

    [Fact]
    public void Say_OfWhatCopiesSay_KnowsEverySentence()
    {
        var settings = new PgBackRestPointSettings("dr", "/usr/bin/pgbackrest", "main", null, null, null, 16) { ExpectedEvery = TimeSpan.FromHours(1) };
        MomentResult[] results =
        [
            new MomentResult.Read(Now, Now.AddHours(-2), "backup 20260301-020000F"),
            new MomentResult.Read(Now, Now.AddMinutes(-2), "backup 20260301-020000F with the log archived behind it", TimeSpan.FromSeconds(9)),
            new MomentResult.Read(Now, Now.AddHours(-2), "ledger 1.dump", TimeSpan.FromSeconds(-9)),
            new MomentResult.Read(Now, Now.AddHours(2), "x"),
            PgBackRestMomentReader.Read("[]", settings, Now),
            PgBackRestMomentReader.Read("x", settings, Now),
            PgBackRestMomentReader.Read("""[{"name":"main","status":{"code":2,"message":"no valid backups"}}]""", settings, Now),
            PgBackRestMomentReader.Read("""[{"name":"main","status":{"code":0,"message":"ok"},"backup":[]}]""", settings, Now),
            PgBackRestMomentReader.Read(
                """
                [{"name":"main","status":{"code":0,"message":"ok"},"archive":[{"database":{"id":1},"max":"000000010000000000000004"}],
                "backup":[{"label":"A","database":{"id":1},"timestamp":{"start":1772000000,"stop":1772000060}},{"label":"B","error":true,"database":{"id":1},"timestamp":{"start":1772000000,"stop":1772000060}}]}]
                """,
                settings,
                Now),
            ResticMomentReader.Read("[]", Now),
            ResticMomentReader.Read("x", Now),
            HttpMomentReader.Read(new WebAnswer("http://h/a", "x"u8.ToArray(), Now, Now, null), Http()),
            HttpMomentReader.Read(new WebAnswer("http://h/a", "{}"u8.ToArray(), Now, Now, null), Http()),
            HttpMomentReader.Read(new WebAnswer("http://h/a", "{\"t\":\"last night\"}"u8.ToArray(), Now, Now, null), Http()),
            PrometheusMomentReader.Read(new WebAnswer("http://h/a", "{}"u8.ToArray(), Now, Now, null), new PrometheusPointSettings("dr", new Uri("http://h/"), "q", true, null)),
            VeleroMomentReader.Read([], new VeleroPointSettings("dr", "dr", "velero", null), Now),
            VolumeSnapshotMomentReader.Read([], new VolumeSnapshotPointSettings("dr", "dr", "ledger", ["data-0"]), Now),
            new MomentResult.Failed(Now, "/usr/bin/restic did not end within 60s and was killed"),
            new MomentResult.Empty(Now, "the folder /backup holds no copy that counts; 1 matching files are incomplete, empty or without a moment and do not count"),
            new MomentResult.Empty(Now, "the folder /backup holds no copy that counts; 1 matching files have no .done beside them that is as new and do not count"),
            new MomentResult.Failed(Now, "the folder /backup holds no copy that counts; 1 matching files were not yet found unchanged for 600s and do not count"),
        ];
        var exposures = results.Select(result => MomentExposure.Of(new RecoveryPointDefinition("b", "s", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), settings), result)).ToList();

        exposures.SelectMany(exposure => exposure.Notes.Append(exposure.Reason)).Distinct().Where(text => !Phrasebook.Knows(text)).Should().BeEmpty();

        static HttpPointSettings Http() => new("dr", new Uri("http://h/a"), "t", new MomentFormat(MomentFormat.Rfc3339, TimeZoneInfo.Utc), null);
    }
}

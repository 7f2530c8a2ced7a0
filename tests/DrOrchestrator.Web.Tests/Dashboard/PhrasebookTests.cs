using DrOrchestrator.Availability;
using DrOrchestrator.Calendars;
using DrOrchestrator.Compliance;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Tiers;
using DrOrchestrator.Time;
using DrOrchestrator.Web.Dashboard;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

public sealed class PhrasebookTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("run 3 measured no recovery time", "第 3 次运行未测得恢复时间")]
    [InlineData("rule 9", "判定规则第 9 条")]
    [InlineData("JR/T 0199-2020, verdict rules 2", "JR/T 0199-2020，判定规则版本 2")]
    [InlineData("4 h (JR/T 0199-2020 annex table 2, tier 4)", "4 小时（JR/T 0199-2020 附录表2，第4级）")]
    [InlineData("2.367 s (upper bound)", "2.367 秒（上界）")]
    [InlineData("1 s, the ceiling for about 0 (JR/T 0199-2020 annex table 2, tier 5)", "≈0，现行上限 1 秒（JR/T 0199-2020 附录表2，第5级）")]
    [InlineData("within limits so far; the year is not over; observed 3 minutes of the year", "截至目前未超限；本年度尚未结束；本年度已监测 3 分钟")]
    [InlineData("demonstrated by run 1 (failover) on 2026-11-22", "由第 1 次运行（灾难切换(非计划)）于 2026-11-22 实测")]
    [InlineData("the worst of all: downtime, availability", "取各项中最差的：非计划服务中断时间、可用性")]
    [InlineData("step-approval 'approve-promote' was refused by anna: 现在不行", "不可回退点的审批 <span translate=\"no\">approve-promote</span> 被 <span translate=\"no\">anna</span> 拒绝：现在不行")]
    [InlineData("step 'promote-dr' failed: no end within 30s", "步骤 <span translate=\"no\">promote-dr</span> 未成功：30 秒 内没有结束")]
    [InlineData("step 'promote-dr' failed: the Job said no", "步骤 <span translate=\"no\">promote-dr</span> 未成功：<span lang=\"en\">the Job said no</span>")]
    [InlineData(
        "gate 'targets-exist dr ledger/deployment/api' does not pass: found 404 not found, asked is there (source Kubernetes API of dr). Deploy it there, or correct the name in the plan.",
        "切换前检查未通过（切换对象存在：<span translate=\"no\">dr</span> <span translate=\"no\">ledger/deployment/api</span>）：实际为<span lang=\"en\">404 not found</span>，要求为存在（来源：<span translate=\"no\">dr</span> 的 Kubernetes API）。请在该中心部署，或更正预案中的名称。")]
    [InlineData("planned work, change CHG-1", "计划内停机（变更 <span lang=\"en\">CHG-1</span>）")]
    [InlineData("known from people: ticket 7", "人工登记的中断：<span lang=\"en\">ticket 7</span>")]
    public void Say_InChinese_TranslatesTheSentenceAndKeepsItsParts(string english, string chinese) =>
        Phrasebook.Say(english, Language.Chinese).Markup.Should().Be(chinese);

    [Theory]
    [InlineData("Something nobody has thought of", "<span lang=\"en\">Something nobody has thought of</span>")]
    [InlineData("run x measured no recovery time", "<span lang=\"en\">run x measured no recovery time</span>")]
    [InlineData("账务核对", "账务核对")]
    [InlineData("12.3%", "12.3%")]
    [InlineData("", "")]
    [InlineData("step '<b>' failed: <i>no</i>", "步骤 <span translate=\"no\">&lt;b&gt;</span> 未成功：<span lang=\"en\">&lt;i&gt;no&lt;/i&gt;</span>")]
    public void Say_OfWhatIsNotInTheBook_ShowsItAsItIs(string text, string markup) => Phrasebook.Say(text, Language.Chinese).Markup.Should().Be(markup);

    [Theory]
    [InlineData("run 3 counted no loss", "run 3 counted no loss")]
    [InlineData("asked by rita: 季度演练, <b>", "asked by rita: <span lang=\"zh-CN\">季度演练</span>, &lt;b&gt;")]
    public void Say_InEnglish_OnlyMarksTheChinese(string text, string markup) => Phrasebook.Say(text, Language.English).Markup.Should().Be(markup);

    /// <summary>A sentence changed in the domain must be changed in the book: every branch of the evaluator is walked.</summary>
    [Fact]
    public void Say_OfWhatTheEvaluatorWrites_KnowsEverySentence()
    {
        var sentences = (from limits in Limits()
                         from record in Records()
                         from year in Years()
                         from rolling in Years()
                         from exposure in Exposures()
                         let blind = limits is null ? [] : FitToSee.BlindSpots(limits, [Probe(TimeSpan.FromHours(8))])
                             .Concat(FitToSee.LateLooks(limits, Samples.Estate().RecoveryPoints.Select(point => point with { Interval = TimeSpan.FromDays(90) }))).ToList()
                         from facts in Facts(year, rolling, record, exposure, blind)
                         from verdict in TierEvaluator.Judge(limits, facts)
                         from text in new[] { verdict.Value, verdict.Limit, verdict.Reason, verdict.Note ?? "none" }
                         select text).Distinct().ToList();

        sentences.Should().HaveCountGreaterThan(80);
        sentences.Where(text => !Phrasebook.Knows(text)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("run 3 is stale: database major version 15 -> 16; a passed run of plan failover restores it", "第 3 次运行已失效：数据库主版本 15 → 16；预案 failover 再次运行通过后恢复有效")]
    [InlineData("run 3 is stale: changed since: plan; replication mode synchronous (remote_apply) -> asynchronous; a passed run of plan failover restores it", "复制方式由同步复制(remote_apply)改为异步复制")]
    [InlineData("99.9% (JR/T 0199-2020 annex table 2, tier 4), unplanned interruptions over committed service time by policy 5, approved by Chen", "服务时间口径，依据 policy 5，Chen 审批")]
    [InlineData("99.9% (JR/T 0199-2020 annex table 2, tier 4), unplanned interruptions over committed service time by policy 5 of the whole estate, approved by Chen", "服务时间口径，依据适用于全部系统的 policy 5，Chen 审批")]
    [InlineData("lab, satisfies no clause; not over committed service time: policy 5 of the whole estate, approved by Chen, speaks only from 2026-12-01 on", "实验环境，不满足任何条款；未按服务时间口径判定：适用于全部系统的 policy 5（Chen 审批）自 2026-12-01 起才有效")]
    [InlineData("not over committed service time: policy 5, approved by Chen, speaks only from 2026-12-01 on", "未按服务时间口径判定：policy 5（Chen 审批）自 2026-12-01 起才有效")]
    public void Say_OfChangesAndPolicies_SpeaksChinese(string said, string chinese)
    {
        Phrasebook.Knows(said).Should().BeTrue();
        System.Text.RegularExpressions.Regex.Replace(Phrasebook.Say(said, Language.Chinese).Markup, "<[^>]*>", "").Should().Contain(chinese);
    }

    [Fact]
    public void Say_OfWhatAlertsSay_KnowsEverySentence()
    {
        var status = Samples.Status() with { Limits = TierTable.Current.LimitsOf(4) };
        QosRow Row(string figure, string unit, bool floor) => new(figure, unit, null, 2, 2, 1.5, !floor, floor) { Quantile = figure == "latency" ? 0.999 : null };
        SystemStatus[] statuses =
        [
            status with { State = IntervalState.Down, Reason = "HTTP 503" },
            status with { State = IntervalState.Degraded, Reason = "HTTP 503" },
            .. from figure in new[] { ("availability", "percent"), ("success", "percent"), ("latency", "seconds"), ("throughput", "number") }
               from floor in new[] { true, false }
               select status with { Qos = new QosStatus(null, [], [Row(figure.Item1, figure.Item2, floor)], false) },
            .. from state in Enum.GetValues<ReplicationState>()
               select status with { Exposures = [new("ledger", "dr", TimeSpan.FromHours(2), null, null, state, Now, Now, "dr does not hear its primary")] },
            .. from verdict in Enum.GetValues<Verdict>()
               from subject in new[] { "rto", "rpo", "downtime", "availability", "overall" }
               select status with { Verdicts = [new TierVerdict(subject, verdict, "", "", "even the lower bound is over the limit; observed 3 days of the year", null)] },
            status with { Findings = [new ClauseFinding("rule 9", "tier 5 wants two vantage points; there is one", "")] },
        ];

        var asked = "BREAK-GLASS: step 'promote' would promote ledger at dr without a fence: the old side at primary may still write, and two sides may diverge (its fence 'fence' failed: no end within 30s). Two people, approver or admin, who neither asked for this run nor wrote its plan, each with a written reason; a third reviews it afterwards.";
        PendingItem[] items =
        [
            new(7, "task", "verify", "operator", "?", Now, null, []) { Overdue = true, Due = Now, Owner = "zhao", Department = "Payments" },
            new(7, "task", "verify", "operator", "?", Now, null, []) { Overdue = true, Due = Now, Owner = "Payments", Department = "Payments" },
            new(7, "task", "verify", "operator", "?", Now, null, []) { Overdue = true, Due = Now },
            new(7, "break-glass", "break-glass:unfenced:promote", "approver", asked, Now, null, []),
        ];
        var run = Samples.Run() with { Pending = items, UnfencedBehind = ["fence-primary"], Overrides = [new("break-glass", "unfenced:promote", "promote", asked, Now, ["anna", "adam"], ["a", "b"], null, null, null)] };
        var conditions = statuses.SelectMany(one => AlertConditions.Of(one, _ => true)).Concat(RunConcerns.Of(run)).ToList();

        conditions.Select(condition => condition.Kind).Distinct().Should().BeEquivalentTo(AlertKinds.All.Keys.Except([AlertKinds.GatesFail, AlertKinds.DrillNotOpened]), "the calendar's own are in CalendarPhrasesTests");
        conditions.Select(condition => condition.Text).Where(text => !Phrasebook.Knows(text)).Should().BeEmpty();
    }

    [Fact]
    public void Say_OfProofsOfSynchrony_KnowsEverySentence()
    {
        StandbyYear Year(double first, Synchrony state, double stretch) => new(
            new ExposureWindow(Now.AddDays(-365), Now, 0, 365 * 86_400, 0, 0, 0, 0, 0, 0, 0, Now.AddDays(-first)),
            [new("ledger", "dr", state, Now.AddDays(-stretch), Now, "synchronous_commit is local")],
            Now,
            Now);
        SynchronyProof?[] proofs =
        [
            SynchronyProofs.Of(Year(365, Synchrony.Synchronous, 365), null),
            SynchronyProofs.Of(Year(365, Synchrony.Synchronous, 300), null),
            SynchronyProofs.Of(Year(9, Synchrony.Synchronous, 9), null),
            SynchronyProofs.Of(Year(9, Synchrony.Asynchronous, 9), null),
            SynchronyProofs.Of(null, new(AttestedStatement.SynchronousCommit, "li", "wang", "doc", default, default, null)),
        ];

        proofs.Select(proof => proof!.Reason).Where(text => !Phrasebook.Knows(text)).Should().BeEmpty();
    }

    [Fact]
    public void Say_OfWhatTheExposureCalculatorWrites_KnowsEverySentence()
    {
        var sentences = new HashSet<string>();
        PositionResult[] primaries =
        [
            new PositionResult.Read("primary", Now, Now, "primary", 1, 9, 9, true),
            new PositionResult.Read("primary", Now, Now, "demoted", 1, 9, 9, true),
            new PositionResult.Failed("primary", Now, Now, "connection refused by 127.0.0.1:80", true),
            new PositionResult.Failed("primary", Now, Now, "http://127.0.0.1/status does not answer within 0.5s", false),
        ];
        var standbys = from role in new[] { "standby", "primary" }
                       from epoch in new[] { 1, 2 }
                       from received in new[] { 0, 5, 9 }
                       from connected in new[] { true, false }
                       select (PositionResult)new PositionResult.Read("dr", Now, Now.AddSeconds(1), role, epoch, received, received, connected);
        foreach (var standby in standbys.Append(new PositionResult.Failed("dr", Now, Now, "http://127.0.0.1/status answers HTTP 503", false)))
        {
            foreach (var primary in primaries)
            {
                foreach (var stands in new DateTimeOffset?[] { null, Now.AddMinutes(-1) })
                {
                    var trail = new PositionTrail();
                    if (primary is PositionResult.Failed)
                    {
                        sentences.Add(Reason(trail));
                    }

                    trail.Add(1, 5, Now.AddSeconds(-3));
                    trail.Add(1, 9, Now.AddSeconds(-1));
                    sentences.Add(Reason(trail));

                    string Reason(PositionTrail seen) =>
                        ExposureCalculator.Calculate("ledger", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), primary, standby, new(seen, null, stands)).Reason;
                }
            }
        }

        sentences.Should().HaveCountGreaterThan(12);
        sentences.Where(text => !Phrasebook.Knows(text)).Should().BeEmpty();
    }

    [Fact]
    public async Task Say_OfWhatTheExposureGatesWrite_KnowsEverySentence()
    {
        var parameters = new StepParameters(new System.Text.Json.Nodes.JsonObject { ["recovery-point"] = "ledger-replication", ["standby"] = "dr" });
        var sentences = new HashSet<string>();
        Exposure[] readings =
        [
            .. Exposures(),
            new("ledger", "dr", TimeSpan.FromSeconds(1.5), TimeSpan.Zero, TimeSpan.FromSeconds(1.5), ReplicationState.Protected, Now, Now, "dr is behind and receives"),
            new("ledger", "dr", null, null, null, ReplicationState.Unknown, Now, Now, "not read yet"),
        ];
        foreach (var reading in readings)
        {
            var clock = new ProcessClock(TimeProvider.System);
            IGateKind[] gates = [new StandbyHealthyGate(new Reading(reading), clock), new ExposureGate(new Reading(reading), clock)];
            foreach (var gate in gates)
            {
                var result = (await gate.CheckAsync(parameters, null!, Samples.Estate(), CancellationToken.None)).Single();
                sentences.UnionWith([result.Check, result.Value, result.Limit, result.Source, result.Remedy]);
            }
        }

        sentences.Should().HaveCountGreaterThan(10);
        sentences.Where(text => !Phrasebook.Knows(text)).Should().BeEmpty();
    }

    [Fact]
    public void Finding_OfAnOverdueDrill_SaysWhatToDoInChinese()
    {
        var entry = Samples.Estate().Calendars[0];
        var never = OverdueDrills.Judge(entry, [], Now)!;
        var old = OverdueDrills.Judge(entry, [Samples.Run() with { ClosedAt = Now.AddYears(-2) }], Now)!;

        OverdueWords.Finding(never, Language.Chinese).Markup.Should().Be("尚无执行完毕的记录；要求每 365 天 至少一次。请开始一次：<code>dro drill start quickstart-failover</code>");
        OverdueWords.Finding(old, Language.Chinese).Markup.Should().StartWith("最近一次为第 7 次运行，于 2024-11-22 08:00 UTC 结束；");
        OverdueWords.Finding(old, Language.English).Markup.Should().Be(old.Finding);
    }

    [Theory]
    [InlineData("task 'verify' by business-verifier, owner zhao of Payments", "任务 verify，由业务验证人应答，责任人 zhao（Payments）")]
    [InlineData("task 'verify' by business-verifier, owner Payments", "任务 verify，由业务验证人应答，责任部门 Payments")]
    [InlineData("The old side answers: the duty of run 7, which promoted without a fence, is carried out.", "旧主已应答：现执行第 7 次运行（未隔离旧主即提升）遗留的隔离义务。")]
    [InlineData("check 'check:promote' by approver", "双人复核 check:promote，由审批人应答")]
    [InlineData("step 'promote' failed: check 'check:promote' was refused by chen: wrong rows", "步骤 promote 未成功：双人复核 check:promote 被 chen 拒绝：wrong rows")]
    public void Say_OfWhoIsWaitedFor_SpeaksChinese(string said, string chinese) =>
        System.Text.RegularExpressions.Regex.Replace(Phrasebook.Say(said, Language.Chinese).Markup, "<[^>]*>", "").Should().Be(chinese);

    [Fact]
    public void Say_OfWhatTheAnswerRulesSay_KnowsEverySentence()
    {
        var run = Runs.Waiting(Now.AddMinutes(-1), Now.AddMinutes(1));
        var closed = Runs.Waiting(Now.AddMinutes(-1), Now.AddMinutes(1), isClosed: true);
        var answered = Runs.Waiting(Now.AddMinutes(-1), Now.AddMinutes(1), answeredBy: "anna");
        var anna = Samples.Person("anna", "t", PersonRole.Approver);
        var question = run.QuestionOf("run-approval")!;
        AnswerResult?[] refusals =
        [
            AnswerRules.Judge(run, "other", anna, Now),
            AnswerRules.Judge(closed, "run-approval", anna, Now),
            AnswerRules.Judge(answered, "run-approval", anna, Now),
            AnswerRules.Judge(run, "run-approval", anna, Now.AddHours(1)),
            AnswerRules.Judge(run, "run-approval", Samples.Person("vera", "t", PersonRole.Viewer, PersonRole.BusinessVerifier), Now),
            AnswerRules.Judge(run, "run-approval", Samples.Person("nils", "t"), Now),
            AnswerRules.Judge(run, "run-approval", Samples.Person("rita", "t", PersonRole.Approver), Now),
            AnswerRules.Judge(run, "run-approval", anna with { TokenMakers = ["rita"] }, Now),
            AnswerRules.Judge(run, "run-approval", anna with { ModesOf = new Dictionary<PersonRole, IReadOnlyList<string>> { [PersonRole.Approver] = ["rehearsal"] } }, Now),
            AnswerRules.JudgeWords(question, new SpokenAnswer(false, null)),
            AnswerRules.JudgeWords(question with { Kind = "break-glass" }, new SpokenAnswer(true, null)),
            AnswerRules.JudgeWords(question with { Attachment = "required" }, new SpokenAnswer(true, null)),
            Attachments.Judge(question, Attachments.Of("a.txt", [65])),
            Attachments.Judge(question with { Attachment = "optional" }, Attachments.Of("a.txt", [])),
            Attachments.Judge(question with { Attachment = "optional" }, Attachments.Of("a.exe", [65])),
            Attachments.Judge(question with { Attachment = "optional" }, Attachments.Of("a.pdf", [65])),
            ReviewRules.Judge(run, anna, "r", Estate.None),
            new AnswerResult(false, "own-step", "sun did or confirmed step 'task'; somebody else must check it."),
            new AnswerResult(false, "role-missing", "The review is for approver or auditor; wang has: operator."),
            new AnswerResult(false, "role-missing", "The review is for approver or auditor; wang has: ."),
            new AnswerResult(false, "own-run", "chen took part in this run; somebody else must review it."),
            new AnswerResult(false, "reason-missing", "A review says what was looked at and what it found; it goes on record."),
        ];

        refusals.Should().NotContainNulls();
        refusals.Where(refusal => !Phrasebook.Knows(refusal!.Detail) || !RunWords.Knows(refusal.Code)).Should().BeEmpty();
    }

    private static IEnumerable<TierLimits?> Limits() =>
    [
        null,
        .. new[] { 3, 4, 5, 6 }.Select(tier => TierTable.Current.LimitsOf(tier)),
        .. new (TimeSpan?, TimeSpan?)[] { (TimeSpan.FromHours(1), null), (null, TimeSpan.FromMinutes(1)), (TimeSpan.FromMinutes(90), TimeSpan.FromSeconds(5)) }
            .Select(own => TierClassifier.Classify([new Impact(ImpactScope.FinancialRights, Severity.Moderate)], false, own.Item1, own.Item2).Limits),
    ];

    private static IEnumerable<DemonstratedRecord?> Records() =>
    [
        null,
        Whole(1, "failover", "sandbox", 2.367, 25, 0.512, 1.004),
        Whole(2, "switchover", "live", 90_000, 0, 0, 90_000),
        Whole(3, "failover", "live", 2, 0, 0, 0) with { ClosedAt = Now.AddYears(-2) },
        Whole(4, "failover", "live", null, null, null, 1),
        Whole(5, "failover", "live", 0.02, 0, 0, null),
        Whole(6, "test-failover", "live", 0.02, 0, 0, 0),
        Whole(7, "failover", "live", 0.02, 0, 0, 0.5) with { NotProtectedSeconds = 2, UnknownSeconds = 7 },
        Whole(8, "failover", "live", 0.02, 0, 0, null) with { UnknownSeconds = 7 },
        Whole(9, "failover", "live", 2, 0, 0, 0.5) with { FailedBack = false },
        Whole(10, "failover", "live", 2, 0, 0, 0.5) with { BusinessVerified = false },
        Whole(11, "failover", "real", 2, null, 0, 0.5),
        Whole(12, "failover", "tabletop", 2, null, 0, 0.5) with { Mode = "tabletop" },
        Whole(13, "restore", "live", 2, 0, 0, 0.5),
        Whole(14, "failover", "live", 2, 0, 0, 0.5) with { ReviewOpen = true },
        Whole(15, "failover", "live", 2, 0, 0, 0.5) with { Standby = "dr" },
        Whole(16, "failover", "live", 2, 0, 0, 0.5) with { Standby = "remote" },
        Whole(17, "switchover", "live", 2, 0, 0, 0.5),
        Whole(18, "failover", "live", 2, 0, 0, 0.5),
    ];

    private static DemonstratedRecord Whole(long run, string kind, string strength, double? rto, long? lost, double? lostSeconds, double? worst) =>
        new(run, Now.AddDays(-3), kind, strength, rto, lost, lostSeconds, worst, 0, 0)
        {
            Mode = strength is "real" ? "real" : "live", Plan = "ledger-failover", Systems = ["ledger"], FailedBack = true, BusinessVerified = true,
            Fingerprint = new Dictionary<string, string> { ["plan"] = "1", ["image/dr/ledger/deployment/api/api"] = "api:1" },
        };

    private static IEnumerable<TierFacts> Facts(AvailabilityFigure year, AvailabilityFigure rolling, DemonstratedRecord? record, Exposure exposure, IReadOnlyList<string> blind)
    {
        var facts = new TierFacts(Now, year.From.Year == 2026, year, rolling, record is null ? [] : [record], [exposure], blind);
        yield return facts;
        if (record is not { Run: 15 or 18 })
        {
            yield break;
        }

        yield return facts with { Records = [Whole(19, "failover", "live", 2, 0, 0, 0) with { Outcome = "failed" }, record] };
        yield return facts with { Running = new RunningRecovery(Now.AddHours(-2), TimeSpan.FromHours(2), TimeSpan.FromHours(1), null, null, null, null, null, true) };
        foreach (var (part, value) in new[] { ("plan", "2"), ("image/dr/ledger/deployment/api/api", "api:2") })
        {
            var parts = new Dictionary<string, string>(record.Fingerprint) { [part] = value };
            yield return facts with { Ages = new Dictionary<long, RecordAge> { [record.Run] = Staleness.Of(record, parts, (_, _) => Now, [], [], Now, RuleTable.Current) } };
        }

        yield return facts with { RaisedCeiling = TimeSpan.FromSeconds(5) };
        foreach (var window in new StandbyWindow[] { new(Now, Now, 0.1, 0, 0, 0, true, true), new(Now, Now, 9, 3, 0, 0, true, false), new(Now, Now, 0.1, 0, 2, 0, true, false), new(Now, Now, null, 0, 0, 4, true, false), new(Now, Now, 1, 0, 0, 0, false, false) })
        {
            yield return facts with { Windows = new Dictionary<string, StandbyWindow> { ["dr"] = window } };
        }

        yield return facts with { Records = [record, Whole(2, "failover", "live", 90_000, 0, 90_000, 0)] };
        var clean = new Dictionary<string, StandbyWindow> { ["dr"] = new(Now, Now, 0, 0, 0, 0, true, false) };
        foreach (var state in Enum.GetValues<Synchrony>())
        {
            yield return facts with
            {
                Records = [record with { WorstExposureSeconds = 0 }],
                Exposures = [exposure with { Synchrony = new SynchronyFinding(state, "synchronous_commit is local") }],
                Windows = clean,
                Synchrony = new Dictionary<string, SynchronyProof> { ["dr"] = new(true, false, state is Synchrony.Synchronous, "within limits so far") },
            };
        }
    }

    private static IEnumerable<AvailabilityFigure> Years()
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        yield return Figure(start, Now, 0, 0, TimeSpan.FromDays(324));
        yield return Figure(start, Now, 4_000_000, 4_000_000, TimeSpan.Zero);
        yield return Figure(start.AddYears(-1), start, 0.5, 1, TimeSpan.Zero);
        yield return Figure(start, start, 0, 0, TimeSpan.Zero);
    }

    private static AvailabilityFigure Figure(DateTimeOffset from, DateTimeOffset to, double lower, double upper, TimeSpan unknown) => AvailabilityFigures.Of(new Downtime(
        from, to, TimeSpan.FromSeconds(lower), TimeSpan.FromSeconds(lower), TimeSpan.FromSeconds(upper) + unknown, unknown, TimeSpan.Zero, TimeSpan.Zero));

    private static IEnumerable<Exposure> Exposures() =>
    [
        new("ledger", "dr", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, ReplicationState.Protected, Now, Now, "dr has received everything"),
        new("ledger", "dr", null, null, null, ReplicationState.NotProtected, Now, Now, "dr does not hear its primary"),
    ];

    private static ProbeDefinition Probe(TimeSpan interval) => new(
        "ledger-posting", "ledger", null, ProbeRole.Service, "posting", interval, TimeSpan.FromSeconds(1), 3, new TcpProbeSettings("127.0.0.1", 80));

    private sealed class Reading(Exposure exposure) : IExposures
    {
        public Exposure? Current(string system, string standby) => exposure;

        public Task<Exposure> ReadNowAsync(string recoveryPoint, string standby, CancellationToken cancellationToken) => Task.FromResult(exposure);
    }
}

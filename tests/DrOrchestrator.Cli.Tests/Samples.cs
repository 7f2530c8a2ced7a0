namespace DrOrchestrator.Cli.Tests;

/// <summary>Documents as the server writes them.</summary>
internal static class Samples
{
    public const string Status = """
        {"estate":"lab","sandbox":true,"note":"lab, satisfies no clause","at":"2026-11-22T08:00:30Z","engines":[],"overdue":[],"systems":[{
          "name":"ledger","title":{"en":"Core ledger","zh-CN":"核心账务"},"department":"Retail","requiredTier":4,"serving":"primary","state":"up","since":"2026-11-22T08:00:00Z",
          "reason":"HTTP 201","latencyMilliseconds":3.6,"sites":[
            {"site":"primary","role":"serving","state":"up","since":"2026-11-22T08:00:00Z","latencyMilliseconds":3.6,"reason":"HTTP 201"},
            {"site":"dr","role":"standby","state":"up","since":"2026-11-22T08:00:00Z","latencyMilliseconds":null,"reason":"connected"}],
          "availability":{"from":"2026-01-01T00:00:00Z","to":"2026-11-22T08:00:30Z","percent":99.99999,"lowerPercent":0.0,"upperPercent":100,"coveragePercent":0.002,"down":0,"downLower":0,"downUpper":0,"unknown":10,"degraded":0,"maintenance":0},
          "exposures":[{"system":"ledger","standby":"dr","value":0.52,"lowest":0.52,"highest":0.52,"replication":"protected","observedAt":"2026-11-22T08:00:29Z","validUntil":"2026-11-22T08:00:31Z","reason":""}],
          "verdicts":[{"subject":"rto","verdict":"met","value":"3.2 s","limit":"4 h","reason":"run 1","note":"lab, satisfies no clause"},
                      {"subject":"availability","verdict":"indeterminate","value":"0% to 100%","limit":"99.9%","reason":"observed 1 minute of the year","note":null}],
          "lastDrill":{"id":1,"plan":"quickstart-failover","kind":"failover","mode":"live","strength":"sandbox","outcome":"passed","phase":"Closed","openedAt":"2026-11-22T08:00:00Z","closedAt":"2026-11-22T08:00:20Z"},"openDrill":null}]}
        """;

    public const string Rto = """{"seconds":3.25,"lowerSeconds":2.75,"upperSeconds":3.25,"technicalSeconds":3.0,"limitSeconds":14400,"met":true,"restored":true,"phases":{"detected":0.5,"technicallyConfirmed":2.5,"businessVerified":0.25},"planned":false,"interruptedEarliest":"2026-11-22T08:00:01Z","interruptedLatest":"2026-11-22T08:00:02Z","restoredEarliest":"2026-11-22T08:00:03Z","restoredLatest":"2026-11-22T08:00:04Z","verifiedAt":null}""";

    public const string Rpo = """{"sent":600,"acknowledged":500,"inDoubt":1,"refused":99,"lost":25,"lostSeconds":0.5,"inDoubtSurvivors":0,"worstExposureSeconds":0.6,"notProtectedSeconds":0,"unknownSeconds":0,"limitSeconds":3600,"met":true}""";

    public static string Run(string outcome = "passed", string? closedAt = "2026-11-22T08:00:20Z", bool measured = true) => $$"""
        {"id":1,"plan":"quickstart-failover","planHash":"ab","mode":"live","kind":"failover","strength":"sandbox","systems":["ledger"],"requestedBy":"requester","reason":"first look",
         "openedAt":"2026-11-22T08:00:00Z","closedAt":{{(closedAt is null ? "null" : $"\"{closedAt}\"")}},"outcome":"{{outcome}}","phase":"Closed","waitingFor":null,"simulated":true,"rolledBack":false,"failure":null,
         "gates":[{"check":"standby-healthy dr","passed":true,"value":"connected","limit":"connected","source":"dr","age":0.1,"remedy":"repair it"}],
         "steps":[{"name":"fence","kind":"k8s.fence","site":"primary","state":"done","attempts":1,"startedAt":"2026-11-22T08:00:01Z","endedAt":"2026-11-22T08:00:02.5Z","detail":"held at 0","pointOfNoReturn":false,"wayBack":false},
                  {"name":"promote","kind":"k8s.job","site":"dr","state":"done","attempts":2,"startedAt":"2026-11-22T08:00:03Z","endedAt":"2026-11-22T08:00:04Z","detail":"epoch 2","pointOfNoReturn":true,"wayBack":false}],
         "answers":[{"item":"run-approval","person":"approver","confirmed":true,"note":"simulated by the sandbox's persona","at":"2026-11-22T08:00:00Z","simulated":true}],
         "measurement":{{(measured ? $$"""{"rto":{{Rto}},"rpo":{{Rpo}},"plannedRto":null,"plannedRpo":null}""" : "null")}}}
        """;
}

using DrOrchestrator.Credentials;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Credentials;
using DrOrchestrator.Tests.Drills.Steps;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Gates;

public sealed class PeopleGateTests
{
    // In Shanghai it is the 28th already.
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 27, 20, 0, 0, TimeSpan.Zero));
    private readonly ProcessClock _clock;
    private readonly MemoryPersonTokens _tokens;

    public PeopleGateTests() => (_clock, _tokens) = (new ProcessClock(_time), new MemoryPersonTokens(new ProcessClock(_time)));

    [Fact]
    public async Task Check_TwoFitApprovers_PassAndAreNamed()
    {
        var approver = (await CheckAsync(Person("chen"), Person("zhao"), Person("author")))[1];

        approver.Should().Be(new GateResult("people approver", true, "2 of 2: chen, zhao", "2 or more, trained within 365d, not absent, with a token", "people of the estate and tokens on record", TimeSpan.Zero, ""));
    }

    [Fact]
    public async Task Check_NotEnough_SaysWhatKeepsEachFromIt()
    {
        var results = await CheckAsync(
            Person("a") with { Absences = [new Absence(new DateOnly(2026, 11, 28), new DateOnly(2026, 11, 30))] },
            Person("b") with { Trainings = [] },
            Person("c") with { Trainings = [new Training(new DateOnly(2025, 11, 27), null)] },
            Person("d") with { TokenSha256 = null });

        results[1].Passed.Should().BeFalse();
        results[1].Value.Should().Be("0 of 4");
        results[1].Remedy.Should().Be("See to it, or name others: a is absent until 2026-11-30; b has no training on record; c was last trained on 2025-11-27; d holds no token of the role");
    }

    [Fact]
    public async Task Check_TrainingOfADayToCome_CountsForNothing() =>
        (await CheckAsync(Person("a") with { Trainings = [new Training(new DateOnly(2026, 11, 29), null)] }))[1].Remedy.Should().EndWith("a has no training on record");

    [Theory]
    [InlineData(PersonRole.Approver, true)]
    [InlineData(PersonRole.Viewer, false)]
    public async Task Check_TokenOnRecord_CountsForTheRolesItIsNarrowedTo(PersonRole role, bool fit)
    {
        await _tokens.AddAsync(new PersonToken(0, "chen", [role], null, "admin", _clock.Now, _clock.Now.AddDays(1), null, null, null), "hash", "api", default);

        (await CheckAsync(Person("chen") with { TokenSha256 = null }, Person("zhao")))[1].Passed.Should().Be(fit);
    }

    [Fact]
    public async Task Check_TokenThatHasEnded_CountsForNothing()
    {
        await _tokens.AddAsync(new PersonToken(0, "chen", null, null, "admin", _clock.Now.AddDays(-2), _clock.Now.AddSeconds(-1), null, null, null), "hash", "api", default);

        (await CheckAsync(Person("chen") with { TokenSha256 = null }, Person("zhao")))[1].Passed.Should().BeFalse();
    }

    [Fact]
    public async Task Check_RoleForRehearsalsAlone_IsNoneInALiveDrill()
    {
        var narrowed = Person("chen") with { ModesOf = new Dictionary<PersonRole, IReadOnlyList<string>> { [PersonRole.Approver] = ["rehearsal"] } };

        (await CheckAsync(narrowed, Person("zhao")))[1].Value.Should().Be("1 of 1: zhao");
    }

    [Fact]
    public async Task Check_TaskOfADepartment_NeedsItsOwnPeople()
    {
        var verifier = (await CheckAsync(Person("chen"), Person("zhao") with { Department = "Payments", Roles = [PersonRole.BusinessVerifier] }))[2];

        verifier.Check.Should().Be("people business-verifier Payments");
        verifier.Value.Should().Be("1 of 1: zhao");
    }

    private static Person Person(string id) => new(id, id, "IT", [PersonRole.Operator, PersonRole.Approver], new string('a', 64), false) { Trainings = [new Training(new DateOnly(2026, 6, 1), "HR-1")] };

    private async Task<IReadOnlyList<GateResult>> CheckAsync(params Person[] people)
    {
        var task = new PlanStep(
            "verify", "task", new Dictionary<string, string>(), null, StepBench.Parameters("""{"role":"business-verifier","owner":"Payments","text":"look"}"""), [], null, null, false, TimeSpan.FromHours(1), 0, null);
        var plan = StepBench.Plan with { Authors = ["author"], Approvals = [new PlanApproval("start", "approver", 2, TimeSpan.FromHours(1))], Steps = [task] };
        return await new PeopleGate(_tokens, _clock).CheckAsync(StepParameters.None, plan, Estate.None with { People = people, TimeZone = "Asia/Shanghai" }, default);
    }
}

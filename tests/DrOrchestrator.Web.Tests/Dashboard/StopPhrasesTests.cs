using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

/// <summary>Whatever a stopped run says is in the book.</summary>
public sealed class StopPhrasesTests
{
    [Theory]
    [InlineData("paused by wang: smoke in hall 2")]
    [InlineData("paused by system: guardrail 'probe posting' is broken: found down, asked up")]
    [InlineData("aborted by wang: smoke")]
    [InlineData("pre-empted by run 8: a real run needs system 'ledger': fire")]
    [InlineData("its systems were taken away by run 8 (break-glass by chen, zhao)")]
    [InlineData("system 'ledger' is held by run 8, which is real too")]
    [InlineData("stop-decision 'stop-12' by operator")]
    [InlineData("gate-override 'gate-override:1' by approver")]
    [InlineData("break-glass 'break-glass:7' by approver")]
    [InlineData("tabletop-step 'promote' by operator")]
    [InlineData("The run was stopped in phase 'Switching' by wang: smoke. Confirm this one to ROLL BACK what was done and close the run.")]
    [InlineData("The run stopped: step 'two' failed: no end within 30s. Confirm this one to GO ON where it stopped.")]
    [InlineData("Gate 'standby-healthy dr' does not pass: found not connected, asked connected (source store dr). Wait. Confirm with a reason to go on all the same; refuse to end the run before its first effect.")]
    [InlineData("Run 7 has not handed system 'ledger' over within 30s. Confirm to take it away: whoever carries that run can write nothing more, and what it has in flight may still act.")]
    [InlineData("Run 7 has not handed system 'ledger' over within 30s. Confirm to take it away: whoever carries that run can write nothing more, and what it has in flight may still act: fence, promote. This run then begins nothing for up to 130s.")]
    [InlineData("What run 7 had in flight may act for 130s after its systems were taken away: promote. This run begins nothing before that. Confirm with a reason to begin at once all the same.")]
    [InlineData("What run 7 had in flight may act for 10s after its systems were taken away: whatever it began last. This run begins nothing before that. Confirm with a reason to begin at once all the same.")]
    [InlineData("The run was aborted by wang: smoke. Its plan cannot be read, so that nothing is observed or undone: what it began stays as it is (fence, promote), or the estate is put back as it was and the server started again. Confirm this one to CLOSE the run as it stands.")]
    [InlineData("aborted by wang: smoke; its plan could not be read, nothing was observed or undone")]
    [InlineData("step 'fence' (k8s.fence) stays in effect at dr: see whether it must be undone by hand, the plan of the run cannot be read")]
    [InlineData("fence the old side of step 'promote', which promoted without a fence")]
    [InlineData("The world is not as the journal has it: fence 'fence-primary': not proved (node is NotReady). Look who serves now, then confirm to go on from the journal or refuse to abort.")]
    [InlineData("The world is not as the journal has it: guardrail 'probe': probe posting: found down, asked up; gate 'rights': no answer within 10s. Look who serves now, then confirm to go on from the journal or refuse to abort.")]
    [InlineData("deployment/ledger-api was left as it is (9 replicas): it carries no mark of this run, so what stands there is not of its doing")]
    [InlineData("Tabletop: nothing is sent. Step 'one' would set deployment/api in ledger at dr to 2 replicas. Say how it would go; confirm = it would be done, refuse = it would fail.")]
    [InlineData("NOBODY SERVES: probe posting: down. The run stopped: aborted by wang: smoke. Sites: ledger: last promoted at dr. The interruption goes on. Bring the service back, then confirm to look again; refuse to close the run with the service down.")]
    [InlineData("stopped before anything was sent")]
    [InlineData("it was done, but 'probe posting' is not as it must be after it: found down, asked up")]
    [InlineData("find out whether step 'promote' happened: nobody knows")]
    [InlineData("fail back to the declared serving site by a linked run")]
    [InlineData("remove the old data of ledger-primary at /var/lib/postgresql/15/main.dro/dro-7-fence-primary/data: no transaction in them is missing at the new primary, and they take the room of a whole copy")]
    [InlineData("account for the old data of ledger-primary at /var/lib/postgresql/15/main.dro/dro-7-fence-primary/data, then remove them: they take the room of a whole copy")]
    [InlineData("Lost if ledger were promoted at dr now: 0.4s to 1.25s. Switch the ledger?")]
    [InlineData("Lost if ledger were promoted at dr now: 2s to unknown. Lost if cards were promoted at dr now: unknown. Run plan 'ledger' on ledger, asked by li-wei: quarterly drill")]
    [InlineData("Lost of files if ledger were promoted at dr now: 3600s to unknown. Lost of cards if ledger were promoted at dr now: 0.4s to 1.25s. Switch the ledger?")]
    [InlineData("Lost of files if ledger were promoted at dr now: unknown. Lost if cards were promoted at dr now: unknown, nobody reads it. Switch the ledger?")]
    [InlineData("let commits of ledger-dr wait for a standby again: its synchronous_standby_names was 'ANY 1 (a, b)' before the promotion, and is empty")]
    [InlineData("see that commits of ledger-dr wait for a standby again: its synchronous_standby_names was 'ANY 1 (a, b)' before the promotion was tried, and may be empty")]
    [InlineData("'gate-override:1' is confirmed with a reason, as the note; it goes on record.")]
    public void Knows_WhatAStoppedRunSays(string sentence) => Phrasebook.Knows(sentence).Should().BeTrue(sentence);

    /// <summary>A refusal changed in the engine must be changed in the book.</summary>
    [Theory]
    [InlineData(RunOrder.Abort, PersonRole.Viewer, "x", "open")]
    [InlineData(RunOrder.Pause, PersonRole.Viewer, "x", "open")]
    [InlineData(RunOrder.Resume, PersonRole.Viewer, "x", "open")]
    [InlineData(RunOrder.Abort, PersonRole.Operator, "", "open")]
    [InlineData(RunOrder.Pause, PersonRole.Operator, "", "open")]
    [InlineData(RunOrder.Resume, PersonRole.Operator, null, "open")]
    [InlineData(RunOrder.Pause, PersonRole.Operator, "x", "stopped")]
    [InlineData(RunOrder.Abort, PersonRole.Operator, "x", "closed")]
    [InlineData(RunOrder.Abort, PersonRole.Operator, "x", "measuring")]
    public void Knows_EveryRefusalOfAnOrder(RunOrder order, PersonRole role, string? reason, string state)
    {
        List<JournalEntry> lines = [Line(1, JournalKinds.Opened, new JsonObject { ["mode"] = "live" })];
        lines.Add(state switch
        {
            "stopped" => Line(2, JournalKinds.AbortAsked, new JsonObject { ["reason"] = "smoke" }),
            "closed" => Line(2, JournalKinds.Closed, new JsonObject { ["outcome"] = "passed" }),
            "measuring" => Line(2, JournalKinds.Phase, new JsonObject { ["phase"] = DrillPhase.Measuring }),
            _ => Line(2, JournalKinds.Phase, new JsonObject { ["phase"] = DrillPhase.Gates }),
        });

        var refused = StopRules.Judge(new DrillRun(1, lines), order, new Person("wang", "Wang", "IT", [role], null, false), reason)!;

        Phrasebook.Knows(refused.Detail).Should().BeTrue(refused.Detail);
        RunWordsKnow(refused.Code).Should().BeTrue(refused.Code);
    }

    private static bool RunWordsKnow(string code) => DrOrchestrator.Web.Dashboard.RunWords.Knows(code);

    private static JournalEntry Line(long sequence, string kind, JsonObject data) => new(sequence, DateTimeOffset.UnixEpoch, 1, "wang", kind, null, 0, data);
}

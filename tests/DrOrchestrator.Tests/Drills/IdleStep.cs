using System.Text.Json.Nodes;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Tests.Drills;

/// <summary>One that leaves nothing and does nothing of it.</summary>
internal sealed class IdleStep(string kind) : OwingStep(kind)
{
    public override StepDuty? DutyOf(JsonObject intent, JsonObject outputs) => null;
}

using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Words;
using static DrOrchestrator.Plans.PlanSchema;

namespace DrOrchestrator.Plans;

/// <summary>The keys of a plan and of a step, for <see cref="PlanSchema"/>. A test holds them against the keys that <see cref="PlanLoader"/> asks for.</summary>
internal static class PlanKeys
{
    public static JsonObject Plan(SchemaNames names) => Closed(
        new JsonObject
        {
            ["plan"] = Named("Name of the plan; unique in the estate."),
            ["version"] = Text("Version of the text, for people; the hash of the file identifies it."),
            ["title"] = Definition("titles"),
            ["kind"] = OneOf(EnumWords.All<DrillKind>(), "What it exercises."),
            ["modes"] = Items(OneOf(EnumWords.All<RunMode>()), "How it may run."),
            ["systems"] = Items(names.System(), "The systems it switches; all are locked by a run, or none."),
            ["authors"] = Items(names.Person(), "Who wrote it: they approve none of its runs."),
            ["emergency"] = Closed(
                new JsonObject
                {
                    ["scenarios"] = Text("1 Scenarios and scope."),
                    ["organisation"] = Text("2 Managing body."),
                    ["decision"] = Text("3 Decision mechanism: who decides, deputies, order in writing."),
                    ["response"] = Text("4 Response process."),
                    ["tools"] = Text("5 Tools."),
                    ["working-rules"] = Text("6 Working rules."),
                },
                "scenarios",
                "organisation",
                "decision",
                "response",
                "tools",
                "working-rules").With("Emergency part (JR/T 0199-2020, 7.5 a, contents 1 to 6)."),
            ["recovery"] = Closed(
                new JsonObject
                {
                    ["targets"] = Text("7 Scope and targets."),
                    ["procedure"] = Text("8 Overall procedure."),
                    ["manual"] = Text("10 Operating manual."),
                    ["verification"] = Closed(
                        new JsonObject
                        {
                            ["text"] = Text("11 Method of verifying business functions."),
                            ["step"] = Named("The task of a business department in which it is done."),
                        },
                        "text",
                        "step"),
                },
                "targets",
                "procedure",
                "manual",
                "verification").With("Recovery part (7.5 a, contents 7 to 11; 9 is the steps)."),
            ["approvals"] = Items(
                Closed(
                    new JsonObject
                    {
                        ["name"] = Named("Unique in the plan, also among its steps."),
                        ["role"] = OneOf(EnumWords.All<PersonRole>(), "Who may approve."),
                        ["quorum"] = Whole(1, 20, "How many different people; 1 by default."),
                        ["deadline"] = Duration("From the request; when it has passed, the answer is no."),
                    },
                    "name",
                    "role",
                    "deadline"),
                "Asked before the first effect.",
                least: 0),
            ["gates"] = Items(Definition("gate"), "Read live before the first effect.", least: 0),
            ["steady-state"] = Items(Definition("steady-state"), "Whether the service is there: before, after and at the end.", least: 0),
            ["guardrails"] = Items(Definition("guardrail"), "Looked at while the steps run; a breach pauses or aborts.", least: 0),
            ["steps"] = Items(Definition("step-or-group"), "The switch, in order."),
            ["way-back"] = Items(Definition("step-or-group"), "The way back, part of the run.", least: 0),
        },
        "plan",
        "version",
        "kind",
        "modes",
        "systems",
        "authors",
        "emergency",
        "recovery",
        "steps");

    public static JsonObject Step(IStepKindCatalog kinds, SchemaNames names) => Closed(
        new JsonObject
        {
            ["name"] = Named("Unique in the plan."),
            ["kind"] = OneOf(kinds.Steps.Keys.Order(StringComparer.Ordinal)),
            ["title"] = Definition("titles"),
            ["system"] = names.System().With("The system it belongs to, where the plan has several: its mark sets that one's clock."),
            ["site"] = names.Site().With("The site it acts on."),
            ["with"] = new JsonObject { ["description"] = "Parameters of the kind." },
            ["needs"] = Items(Definition("name"), "Steps that must be done first, instead of those before it.", least: 0),
            ["mark"] = OneOf(EnumWords.All<RtoMark>(), "The moment of a recovery that its end is."),
            ["promotes"] = new JsonObject
            {
                ["anyOf"] = new JsonArray(
                    OneOf(["none"], "It cannot be taken back and makes no site writable."),
                    Closed(
                        new JsonObject
                        {
                            ["system"] = names.System(),
                            ["fenced-by"] = Named("The step that proves the old side fenced."),
                        },
                        "system",
                        "fenced-by")),
                ["description"] = "Whether it makes a site writable, and by which fence.",
            },
            ["point-of-no-return"] = new JsonObject { ["type"] = "boolean", ["description"] = "Runs only under a person's word; a rollback stops there." },
            ["verify"] = Items(Definition("look"), "What must be seen after its effect, within its timeout, before it is done.", least: 0),
            ["rehearsal"] = new JsonObject
            {
                ["anyOf"] = new JsonArray(OneOf(["skip"], "Left out."), new JsonObject { ["type"] = "object" }),
                ["description"] = "What it acts on in a rehearsal: 'skip', or parameters (and site) that take the place of its own.",
            },
            ["check"] = Closed(
                new JsonObject
                {
                    ["role"] = OneOf(EnumWords.All<PersonRole>(), "Who may give it."),
                    ["text"] = Text("What is to be looked at."),
                    ["within"] = Duration("From the step's outcome on; when it has passed, the answer is no."),
                },
                "role",
                "text").With("A second person's look at the result before anything goes on from it."),
            ["timeout"] = Duration("Of one attempt; 30s by default."),
            ["retries"] = Whole(0, 10, "Further attempts after a failure without effect; 0 by default."),
            ["on-failure"] = OneOf(EnumWords.All<OnFailure>(), "rollback by default; continue for notify."),
        },
        "name",
        "kind");

    private static JsonObject Named(string description) => Definition("name").With(description);

    private static JsonObject Whole(int least, int most, string description) =>
        new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most, ["description"] = description };

    /// <summary>Beside a reference editors of draft 7 show no description; it stands in a list of one.</summary>
    private static JsonObject With(this JsonObject schema, string description)
    {
        if (schema.ContainsKey("$ref"))
        {
            return new JsonObject { ["allOf"] = new JsonArray(schema), ["description"] = description };
        }

        schema["description"] = description;
        return schema;
    }
}

using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Words;

namespace DrOrchestrator.Plans;

/// <summary>
/// The language of plans as a JSON Schema, for editors: what may be written where, with the kinds this program knows and, where an estate is given, with its own names. Draft 7,
/// because that is what editors of YAML read. It says less than <see cref="PlanLoader"/>, which knows the order of steps, and never more: what the loader takes is valid here.
/// </summary>
public static class PlanSchema
{
    /// <summary>A name as plans and Kubernetes take it.</summary>
    private const string NamePattern = "^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$";

    private const string DurationPattern = @"^\d+(\.\d+)?(ms|s|m|h|d)$";
    private const string ReferencePattern = @"^\$\{steps\.[a-z0-9]([-a-z0-9]*[a-z0-9])?\.[A-Za-z][-_A-Za-z0-9]*\}$";

    /// <summary>The schema.</summary>
    /// <param name="estate">Its sites, systems, people and so on become the allowed names; null leaves names free.</param>
    public static JsonObject Of(IStepKindCatalog kinds, Estate? estate)
    {
        var names = new SchemaNames(estate);
        var plan = PlanKeys.Plan(names);
        plan["$schema"] = "http://json-schema.org/draft-07/schema#";
        plan["title"] = estate is null ? "Plan of DrOrchestrator" : $"Plan of DrOrchestrator for the estate {estate.Name}";
        plan["definitions"] = new JsonObject
        {
            ["name"] = new JsonObject { ["type"] = "string", ["pattern"] = NamePattern },
            ["text"] = new JsonObject { ["type"] = Types("string", "number", "boolean"), ["minLength"] = 1 },
            ["duration"] = new JsonObject { ["type"] = "string", ["pattern"] = DurationPattern, ["description"] = Durations.Allowed },
            ["titles"] = Closed(new JsonObject { ["en"] = Text(), ["zh-CN"] = Text() }),
            ["step"] = Step(kinds, names),
            ["step-or-group"] = new JsonObject
            {
                ["if"] = new JsonObject { ["required"] = List("parallel") },
                ["then"] = Closed(
                    new JsonObject { ["parallel"] = Items(Definition("step"), "Steps that run side by side; the next item waits for all of them.") }, "parallel"),
                ["else"] = Definition("step"),
            },
            ["gate"] = Gate(kinds.Gates, names),
            ["steady-state"] = Check(kinds.SteadyState, "steady-state check", names),
            ["look"] = Check(Looks(kinds), "check", names),
            ["guardrail"] = Guardrail(Looks(kinds), names),
        };
        return plan;
    }

    /// <summary>A mapping with these keys and no others.</summary>
    internal static JsonObject Closed(JsonObject properties, params string[] required)
    {
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (required.Length > 0)
        {
            schema["required"] = List(required);
        }

        return schema;
    }

    internal static JsonObject Definition(string name) => new() { ["$ref"] = $"#/definitions/{name}" };

    internal static JsonObject Text(string? description = null) => Described(new JsonObject { ["type"] = Types("string", "number", "boolean") }, description);

    internal static JsonObject Duration(string? description = null) =>
        Described(new JsonObject { ["type"] = "string", ["pattern"] = DurationPattern }, description is null ? Durations.Allowed : $"{description} {Durations.Allowed}");

    internal static JsonObject Items(JsonObject item, string description, int least = 1) =>
        new() { ["type"] = "array", ["items"] = item, ["minItems"] = least, ["description"] = description };

    internal static JsonObject OneOf(IEnumerable<string> words, string? description = null) => Described(new JsonObject { ["enum"] = List([.. words]) }, description);

    internal static JsonArray List(params string[] words) => [.. words.Select(word => JsonValue.Create(word))];

    private static JsonArray Types(params string[] types) => List(types);

    private static JsonObject Described(JsonObject schema, string? description)
    {
        if (description is not null)
        {
            schema["description"] = description;
        }

        return schema;
    }

    /// <summary>Every key of a step, and for each kind the parameters it takes.</summary>
    private static JsonObject Step(IStepKindCatalog kinds, SchemaNames names)
    {
        var step = PlanKeys.Step(kinds, names);
        step["allOf"] = new JsonArray([.. kinds.Steps.Values.OrderBy(shape => shape.Kind, StringComparer.Ordinal).Select(shape => When(shape, names))]);
        return step;
    }

    private static JsonObject When(StepKindShape shape, SchemaNames names)
    {
        var required = new List<string>();
        if (shape.Parameters.Any(parameter => parameter.Required))
        {
            required.Add("with");
        }

        if (shape.NeedsSite)
        {
            required.Add("site");
        }

        if (shape.Effect is StepEffect.Irreversible)
        {
            required.Add("promotes");
        }

        var then = new JsonObject
        {
            ["properties"] = new JsonObject { ["kind"] = new JsonObject { ["description"] = shape.Description }, ["with"] = Parameters(shape, names) },
        };
        if (required.Count > 0)
        {
            then["required"] = List([.. required]);
        }

        return new JsonObject
        {
            ["if"] = new JsonObject { ["properties"] = new JsonObject { ["kind"] = new JsonObject { ["const"] = shape.Kind } }, ["required"] = List("kind") },
            ["then"] = then,
        };
    }

    /// <summary>One item of <c>gates:</c> or <c>steady-state:</c>: exactly one key, its kind.</summary>
    private static JsonObject Check(IReadOnlyDictionary<string, StepKindShape> kinds, string noun, SchemaNames names)
    {
        var check = Closed(new JsonObject(kinds.Values.OrderBy(shape => shape.Kind, StringComparer.Ordinal).Select(shape =>
        {
            var parameters = Parameters(shape, names);
            parameters["description"] = shape.Description;
            return KeyValuePair.Create<string, JsonNode?>(shape.Kind, parameters);
        })));
        check["minProperties"] = 1;
        check["maxProperties"] = 1;
        check["description"] = $"A {noun}: one key, its kind.";
        return check;
    }

    /// <summary>One item of <c>gates:</c>: its kind, and whether it must hold also after a crash behind the first effect.</summary>
    private static JsonObject Gate(IReadOnlyDictionary<string, StepKindShape> kinds, SchemaNames names)
    {
        var gate = Check(kinds, "gate", names);
        gate["properties"]![CheckReader.ResumeKey] = new JsonObject { ["type"] = "boolean", ["description"] = "Read again before a run goes on alone after a crash in the middle of its steps." };
        gate["maxProperties"] = 2;
        gate["description"] = "A gate: one key, its kind, and 'resume' beside it.";

        // 'resume' alone names no gate.
        gate["not"] = new JsonObject { ["maxProperties"] = 1, ["required"] = List(CheckReader.ResumeKey) };
        gate["anyOf"] = new JsonArray(new JsonObject { ["maxProperties"] = 1 }, new JsonObject { ["required"] = List(CheckReader.ResumeKey) });
        return gate;
    }

    /// <summary>Everything that looks and changes nothing.</summary>
    private static Dictionary<string, StepKindShape> Looks(IStepKindCatalog kinds) =>
        kinds.SteadyState.Concat(kinds.Gates).DistinctBy(kind => kind.Key).ToDictionary(kind => kind.Key, kind => kind.Value, StringComparer.Ordinal);

    /// <summary>One item of <c>guardrails:</c>: a check beside what its breach leads to.</summary>
    private static JsonObject Guardrail(IReadOnlyDictionary<string, StepKindShape> kinds, SchemaNames names)
    {
        var guardrail = Check(kinds, "guardrail", names);
        var keys = guardrail["properties"]!.AsObject();
        keys["then"] = OneOf(EnumWords.All<GuardrailAction>(), "What a breach leads to.");
        keys["every"] = Duration("From one look to the next, 1s to 1h; 5s by default.");
        keys["from"] = Definition("name");
        keys["to"] = Definition("name");
        guardrail["required"] = List("then");
        guardrail["minProperties"] = 2;
        guardrail["maxProperties"] = 5;
        guardrail["description"] = "A check, what its breach leads to, and when it watches.";
        return guardrail;
    }

    private static JsonObject Parameters(StepKindShape shape, SchemaNames names)
    {
        var parameters = Closed(
            new JsonObject(shape.Parameters.Select(parameter => KeyValuePair.Create<string, JsonNode?>(parameter.Name, Parameter(parameter, names)))),
            [.. shape.Parameters.Where(parameter => parameter.Required).Select(parameter => parameter.Name)]);
        if (!shape.Parameters.Any(parameter => parameter.Required))
        {
            // "- standby-healthy:" with nothing behind it.
            parameters["type"] = Types("object", "null");
        }

        return parameters;
    }

    private static JsonObject Parameter(ParameterShape shape, SchemaNames names)
    {
        var schema = shape.Type switch
        {
            ParameterType.Text when shape.OneOf is { } words => OneOf(words),
            ParameterType.Text => Text(),
            ParameterType.Integer => new JsonObject
            {
                ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "integer" }, new JsonObject { ["type"] = "string", ["pattern"] = ReferencePattern }),
            },
            ParameterType.Boolean => new JsonObject { ["type"] = "boolean" },
            ParameterType.Duration => Duration(),
            ParameterType.TextList => new JsonObject { ["type"] = "array", ["items"] = Text(), ["uniqueItems"] = !shape.MayRepeat, ["minItems"] = shape.Required ? 1 : 0 },
            ParameterType.Object => [],
            ParameterType.SiteName => names.Site(),
            ParameterType.ProbeName => names.Probe(),
            ParameterType.EndpointName => names.Endpoint(),
            ParameterType.RecoveryPointName => names.RecoveryPoint(),
            ParameterType.DatabaseName => names.Database(),
            ParameterType.RestorePlaceName => names.RestorePlace(),
            ParameterType.OwnerName or ParameterType.ManifestFile => Text(),
            ParameterType.StepName => Definition("name"),
            ParameterType.RoleName => OneOf(EnumWords.All<PersonRole>()),
            _ => throw new ArgumentOutOfRangeException(nameof(shape), shape.Type, "a type of parameter nobody describes"),
        };
        return Described(schema, shape.Description);
    }
}

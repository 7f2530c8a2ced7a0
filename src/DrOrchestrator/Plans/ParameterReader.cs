using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Plans;

/// <summary>A reference and where it stands.</summary>
internal sealed record PlacedReference(Place Place, StepReference Reference);

/// <summary>Reads the parameters of a step, gate or check against the shape of its kind.</summary>
/// <param name="steps">Names of all steps of the plan.</param>
/// <param name="references">Collects the references found; null where none are allowed because no step has run.</param>
internal sealed class ParameterReader(PlanScope scope, NameIndex steps, List<PlacedReference>? references)
{
    private readonly Problems _problems = scope.Problems;

    /// <summary>The files beside the plan; null where no parameter may name one.</summary>
    public PlanManifests? Manifests { get; init; }

    /// <param name="node">The parameters; null or an empty value for none.</param>
    /// <param name="owner">Where the step or check stands.</param>
    public StepParameters Read(YamlNode? node, Place owner, StepKindShape shape)
    {
        var mapping = node is null or YamlScalar { IsNull: true } ? new YamlMapping(node?.Place ?? owner, []) : node;
        var values = new JsonObject();
        if (StrictMap.Of(mapping, $"the parameters of '{shape.Kind}'", _problems) is not { } map)
        {
            return new StepParameters(values);
        }

        foreach (var parameter in shape.Parameters)
        {
            if (Value(map, parameter) is { } value)
            {
                values[parameter.Name] = value;
            }
        }

        var parameters = new StepParameters(values);
        foreach (var problem in shape.Judge?.Invoke(parameters) ?? [])
        {
            _problems.Add(map.PlaceOf(problem.Parameter), problem.Found, problem.Allowed, problem.Remedy);
        }

        map.Close();
        return parameters;
    }

    private JsonNode? Value(StrictMap map, ParameterShape shape)
    {
        switch (shape.Type)
        {
            case ParameterType.TextList:
                return map.Has(shape.Name) || shape.Required ? List(map, shape) : Absent(map, shape);
            case ParameterType.Object:
                return map.Node(shape.Name, shape.Required, shape.Description.TrimEnd('.')) is { } tree ? Tree(tree) : null;
            default:
                return map.Scalar(shape.Name, shape.Required, Allowed(shape)) is { } scalar ? Scalar(scalar, shape) : null;
        }
    }

    private JsonNode? Scalar(YamlScalar scalar, ParameterShape shape) => shape.Type switch
    {
        ParameterType.Text when shape.OneOf is { } words => OneOf(scalar, shape.Name, words),
        ParameterType.Text => Flow(scalar),
        ParameterType.Integer => Integer(scalar, shape),
        ParameterType.Boolean when StrictMap.TryParseFlag(scalar.Text, out var flag) => JsonValue.Create(flag),
        ParameterType.Duration when Durations.TryParse(scalar.Text, out _) => JsonValue.Create(scalar.Text),
        ParameterType.Boolean or ParameterType.Duration => Wrong(scalar, shape),
        ParameterType.SiteName => scope.Sites.Resolve(scalar, _problems),
        ParameterType.ProbeName => scope.Probes.Resolve(scalar, _problems),
        ParameterType.EndpointName => scope.Endpoints.Resolve(scalar, _problems),
        ParameterType.RecoveryPointName => scope.RecoveryPoints.Resolve(scalar, _problems),
        ParameterType.DatabaseName => scope.Databases.Resolve(scalar, _problems),
        ParameterType.RestorePlaceName => scope.RestorePlaces.Resolve(scalar, _problems),
        ParameterType.ManifestFile => Manifests?.Resolve(scalar) ?? JsonValue.Create(scalar.Text),
        ParameterType.StepName => steps.Resolve(scalar, _problems),
        ParameterType.RoleName => scope.Role(scalar, $"'{shape.Name}'"),
        ParameterType.OwnerName => scope.Owner(scalar),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape.Type, "a type of parameter nobody reads"),
    };

    private JsonNode? Integer(YamlScalar scalar, ParameterShape shape)
    {
        if (StepReferences.IsOne(scalar.Text))
        {
            return Flow(scalar);
        }

        return long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : Wrong(scalar, shape);
    }

    private JsonNode? OneOf(YamlScalar scalar, string name, IReadOnlyList<string> words)
    {
        if (!words.Contains(scalar.Text))
        {
            _problems.AddWord(scalar.Place, $"'{name}' is {Problems.Quote(scalar.Text)}", scalar.Text, words, "Use one of the allowed words.");
        }

        return JsonValue.Create(scalar.Text);
    }

    private JsonNode? Wrong(YamlScalar scalar, ParameterShape shape)
    {
        _problems.Add(scalar.Place, $"'{shape.Name}' is {Problems.Quote(scalar.Text)}", Allowed(shape), "Correct the value.");
        return null;
    }

    private JsonArray List(StrictMap map, ParameterShape shape)
    {
        var list = new JsonArray();
        foreach (var item in map.Scalars(shape.Name, shape.Required, shape.MayRepeat))
        {
            list.Add(Flow(item));
        }

        return list;
    }

    private static JsonNode? Absent(StrictMap map, ParameterShape shape)
    {
        map.Node(shape.Name);
        return null;
    }

    /// <summary>YAML's core schema for what a kind reads itself: without quotes numbers, true, false and null are what they look like.</summary>
    private JsonNode? Tree(YamlNode node)
    {
        switch (node)
        {
            case YamlMapping mapping:
                foreach (var key in mapping.Entries.Select(entry => entry.Key).Where(key => key.Text.Contains("${", StringComparison.Ordinal)))
                {
                    _problems.Add(key.Place, $"a reference in the key {Problems.Quote(key.Text)}", "references in values only", "Move it into the value.");
                }

                return new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, Tree(entry.Value))));
            case YamlSequence sequence:
                return new JsonArray([.. sequence.Items.Select(Tree)]);
            case YamlScalar { IsNull: true }:
                return null;
            case YamlScalar { IsPlain: true } flag when StrictMap.TryParseFlag(flag.Text, out var value):
                return JsonValue.Create(value);
            case YamlScalar { IsPlain: true } whole when long.TryParse(whole.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                return JsonValue.Create(number);
            case YamlScalar { IsPlain: true } broken
                when decimal.TryParse(broken.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number):
                return JsonValue.Create(number);
            case YamlScalar scalar:
                return Flow(scalar);
            default:
                return null;
        }
    }

    /// <summary>A text through which values may flow.</summary>
    private JsonValue Flow(YamlScalar scalar)
    {
        var found = StepReferences.In(scalar.Text, out var malformed);
        if (malformed)
        {
            _problems.Add(scalar.Place, $"'${{' in {Problems.Quote(scalar.Text)}", "${steps.NAME.OUTPUT}", "Nothing else is templated; correct the reference.");
        }
        else if (references is not null)
        {
            references.AddRange(found.Select(reference => new PlacedReference(scalar.Place, reference)));
        }
        else if (found.Count > 0)
        {
            _problems.Add(scalar.Place, $"a reference in {Problems.Quote(scalar.Text)}", "fixed values, since no step has run here", "Write the value.");
        }

        return JsonValue.Create(scalar.Text);
    }

    private static string Allowed(ParameterShape shape) => shape.Type switch
    {
        ParameterType.Integer => "a whole number",
        ParameterType.Boolean => "true, false",
        ParameterType.Duration => Durations.Allowed,
        _ => shape.OneOf is { } words ? string.Join(", ", words) : shape.Description.TrimEnd('.'),
    };
}

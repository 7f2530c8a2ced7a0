using System.Reflection;

namespace DrOrchestrator.EndToEnd.Harness;

[Collection(nameof(OneAtATime))]
public sealed class OneAtATimeTests
{
    [Fact]
    public void Classes_RunAlone_ExceptThoseThatSayThatTheyWait()
    {
        var types = Assembly.GetExecutingAssembly().GetTypes();
        var alone = types.Where(type => type.GetCustomAttribute<CollectionDefinitionAttribute>() is { DisableParallelization: true }).Select(NameOf).ToList();
        var tests = types.Where(type => type.GetMethods().Any(method => method.GetCustomAttribute<FactAttribute>() is not null)).ToList();

        tests.Should().HaveCountGreaterThan(20);
        tests.Where(type => alone.Contains(NameOf(type)) == (type.GetCustomAttribute<WaitsAttribute>() is not null)).Should().BeEmpty("a class says one of both");
    }

    /// <summary>xunit keeps the name of a collection to itself.</summary>
    private static string? NameOf(Type type) => (string?)type.GetCustomAttributesData()
        .FirstOrDefault(data => data.AttributeType == typeof(CollectionAttribute) || data.AttributeType == typeof(CollectionDefinitionAttribute))?.ConstructorArguments[0].Value;
}

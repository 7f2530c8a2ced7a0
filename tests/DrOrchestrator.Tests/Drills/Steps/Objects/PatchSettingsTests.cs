using DrOrchestrator.Drills.Steps.Objects;

namespace DrOrchestrator.Tests.Drills.Steps.Objects;

public sealed class PatchSettingsTests
{
    private const string Containers = "/spec/template/spec/containers/0";

    [Theory]
    [InlineData("strategic", """{"spec":{"template":{"spec":{"containers":[{"name":"c","command":["app","--password=hunter2"]}]}}}}""", $"'{Containers}/command' has a value at '--password', which by its name holds a secret")]
    [InlineData("merge", """{"spec":{"template":{"spec":{"containers":[{"name":"c","args":["sh","-c","app --token hunter2"]}]}}}}""", $"'{Containers}/args' has a value at '--token', which by its name holds a secret")]
    [InlineData("strategic", """{"spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"name":"OPTS","value":"password=hunter2"}]}]}}}}""", $"'{Containers}/env/0/value' has a value at 'password', which by its name holds a secret")]
    [InlineData("json", $$"""[{"op":"add","path":"{{Containers}}/args","value":["--set=db.password=x"]}]""", $"'{Containers}/args' has a value at 'db.password', which by its name holds a secret")]
    [InlineData("json", $$"""[{"op":"add","path":"{{Containers}}/args/-","value":"--password=x"}]""", $"'{Containers}/args/-' has a value at '--password', which by its name holds a secret")]
    [InlineData("json", $$"""[{"op":"replace","path":"{{Containers}}/env/0/value","value":"password=hunter2"}]""", $"'{Containers}/env/0/value' has a value at 'password', which by its name holds a secret")]
    [InlineData("json", $$"""[{"op":"add","path":"{{Containers}}","value":{"name":"c","command":["env","PGPASSWORD=x","psql"]} }]""", $"'{Containers}/command' has a value at 'PGPASSWORD', which by its name holds a secret")]
    [InlineData("merge", """{"data":{"password":"hunter2"}}""", "'/data/password' would come into the journal")]
    [InlineData("merge", """{"spec":{"template":{"spec":{"containers":[{"name":"c","args":["--token-file=/run/x","--password=$(PW)"],"env":[{"name":"OPTS","value":"-Xmx1g"}]}]}}}}""", null)]
    public void Judge_WordsThatGiveASecret_AreRefused(string type, string patch, string? found) =>
        PatchSettings.Judge(StepBench.Parameters($$"""{"namespace":"l","api":"apps/v1","resource":"deployments/a","type":"{{type}}","patch":{{patch}}}""")).Select(problem => problem.Found).Should().Equal(found is null ? [] : [found]);
}

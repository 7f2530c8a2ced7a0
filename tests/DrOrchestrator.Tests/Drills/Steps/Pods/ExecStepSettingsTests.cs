using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Pods;

namespace DrOrchestrator.Tests.Drills.Steps.Pods;

public sealed class ExecStepSettingsTests
{
    [Theory]
    [InlineData("""{"namespace":"l","command":["a"]}""", "no 'pod', no 'workload' and no 'selector'")]
    [InlineData("""{"namespace":"l","pod":"p","selector":"a=b","command":["a"]}""", "'pod' and 'selector'")]
    [InlineData("""{"namespace":"l","workload":"pod/p","command":["a"]}""", "'pod/p' is no workload; allowed: deployment/NAME, statefulset/NAME")]
    [InlineData("""{"namespace":"l","pod":"p","command":["${steps.a.program}"]}""", "'command' begins with '${steps.a.program}'")]
    [InlineData("""{"namespace":"l","pod":"p","command":["psql","--password=hunter2"]}""", "'command' has a value at '--password', which by its name holds a secret")]
    [InlineData("""{"namespace":"l","pod":"p","command":["env","PGPASSWORD=hunter2","psql"]}""", "'command' has a value at 'PGPASSWORD', which by its name holds a secret")]
    [InlineData("""{"namespace":"l","pod":"p","command":["app"],"observe":["is","--token","abc"]}""", "'observe' has a value at '--token', which by its name holds a secret")]
    [InlineData("""{"namespace":"l","pod":"p","command":["a"],"success":["137"]}""", "'success' has '137'")]
    [InlineData("""{"namespace":"l","pod":"p","command":["a"],"happened":["1"]}""", "'happened' without 'observe'")]
    [InlineData("""{"namespace":"l","pod":"p","command":["sh","-c","psql password=$PGPASSWORD","--token","--password-file=/run/x"]}""", null)]
    public void Judge_Parameters_SaysWhatIsWrong(string with, string? found) =>
        ExecStepSettings.Judge(StepBench.Parameters(with)).Select(problem => problem.Found).Should().Equal(found is null ? [] : [found]);
}

namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What the gate on other managers of fields says.</summary>
internal static class ManagerPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // checks
        new("field-managers {site:name} {target:name} by {manager:free}", "字段没有其他管理者：{site} {target}，管理者 {manager}"),
        new("field-managers {site:name} {target:name}", "字段没有其他管理者：{site} {target}"),
        new("field-managers", "字段没有其他管理者"),

        // values
        new("no other manager is seen", "未见其他管理者"),
        new("{owners:free} owns {fields:names}: a person or a script", "{fields} 由 {owners} 设置：人工或脚本"),
        new("{owners:free} owns {fields:names}: each upgrade of its release sets it again", "{fields} 由 {owners} 设置：每次升级该发布都会再次设置"),
        new("{owners:free} owns {fields:names}: an autoscaler set it that is no more", "{fields} 由 {owners} 设置：当时的自动伸缩已不存在"),
        new("{owners:free} owns {fields:names}", "{fields} 由 {owners} 管理"),
        new("HorizontalPodAutoscaler {name:name} leaves it alone at 0 replicas", "副本数为 0 时自动伸缩 {name} 不改动它"),
        new("HorizontalPodAutoscaler {name:name} scales it between {least:figure} and {most:figure}", "自动伸缩 {name} 会在 {least} 与 {most} 之间改动其副本数"),
        new("ScaledObject {name:name} of KEDA is paused", "KEDA 的 ScaledObject {name} 已暂停"),
        new("ScaledObject {name:name} of KEDA scales it", "KEDA 的 ScaledObject {name} 会改动其副本数"),
        new("{kind:name} {name:name} ({api:name}) owns it: an operator sets its fields", "它属于 {kind} {name}（{api}）：字段由其 Operator 设置"),
        new("Argo CD Application {name:name} is not in this cluster, so nothing is known of how it syncs", "Argo CD 应用 {name} 不在本集群中，无法得知其同步方式"),
        new("Argo CD Application {name:name} syncs it by hand only", "Argo CD 应用 {name} 只由人工同步"),
        new("Argo CD Application {name:name} leaves these fields alone", "Argo CD 应用 {name} 不改动这些字段"),
        new("Argo CD Application {name:name} syncs it by itself", "Argo CD 应用 {name} 会自动同步它"),
        new("Flux {kind:name} {name:name} is suspended", "Flux {kind} {name} 已挂起"),
        new("Flux {kind:name} {name:name} passes it over", "Flux {kind} {name} 会跳过它"),
        new("Flux {kind:name} {name:name} applies it", "Flux {kind} {name} 会定期应用它"),
        new("Helm release {name:name} made it: its next upgrade sets its fields again", "由 Helm 发布 {name} 创建：下次升级会再次设置其字段"),
        new("accepted by the plan: {reason:free}", "预案已接受：{reason}"),
        new("what step {step:name} sets is not known beforehand", "步骤 {step} 设置什么事先无法得知"),
        new("the plan's steps set nothing at a cluster", "预案的步骤没有在集群中设置任何字段"),

        // limits
        new("nobody else sets its fields by itself", "没有其他程序自行设置其字段"),

        // sources
        new("managedFields, owners, labels and autoscalers in the Kubernetes API of {site:name}", "{site} 的 Kubernetes API：字段管理者、属主、标签和自动伸缩"),

        // remedies
        new("Find out what {manager:free} is. Stop it for this object or have it leave the field alone; where it never sets it by itself, accept it in the plan with the reason.", "请查明 {manager} 是什么程序：对该对象停用它，或使其不再改动该字段；若它从不自行设置，请在预案中注明理由予以接受。"),
        new("Take HorizontalPodAutoscaler {name:name} away for the switch, or give it in both minReplicas and maxReplicas the number that the plan sets.", "请在切换期间移除自动伸缩 {name}，或把其 minReplicas 和 maxReplicas 都设为预案所设的数目。"),
        new("Pause it: {command:free}", "请暂停它：{command}"),
        new("Have the plan change {kind:name} {name:name} (k8s.patch) in place of what is made from it, or pause its operator for it.", "请让预案改动 {kind} {name}（k8s.patch）而不是由它生成的对象，或为其暂停 Operator。"),
        new("Switch the automated sync of Argo CD Application {name:name} off for the switch, or have it leave them alone: ignoreDifferences with jsonPointers for {pointers:names} and the sync option RespectIgnoreDifferences=true.", "请在切换期间关闭 Argo CD 应用 {name} 的自动同步，或使其不改动这些字段：为 {pointers} 设置 ignoreDifferences 的 jsonPointers，并加上同步选项 RespectIgnoreDifferences=true。"),
        new("Suspend it for the switch: {command:free}; its manifests may leave the fields out for good, then accept it in the plan with the reason.", "请在切换期间将其挂起：{command}；也可以从其清单中删去这些字段，然后在预案中注明理由予以接受。"),
        new("See for yourself who else sets it, and leave the step out of this gate by naming the other sites.", "请自行查明还有谁设置它，并在本检查中只列其他中心。"),
        new("Leave the gate out, or name a site that the plan's Kubernetes steps change.", "请去掉本检查，或填写预案的 Kubernetes 步骤所改动的中心。"),
        new("See that the API of the site answers and that the kubeconfig's user may read the plan's objects, and list autoscalers, ScaledObjects and Applications where they are served.", "请确认该中心的 API 有应答，且所用账号有权读取预案的对象，并有权列出自动伸缩、ScaledObject 和 Application（若集群提供）。"),
    ];
}

using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Plans;

/// <summary>One change that spoils a good plan, and everything that must then be reported.</summary>
public sealed class BadPlanTests
{
    public static TheoryData<string, string, string, string[]> Cases => new()
    {
        {
            "UnknownKey",
            "authors: [requester]",
            "autors: [requester]",
            [
                "failover.yaml:1:1: a plan without 'authors'; allowed: a list. Add 'authors:'.",
                "failover.yaml:7:1: unknown key 'autors' in a plan; allowed: plan, version, title, kind, modes, systems, authors, emergency, recovery, approvals, gates, steady-state, guardrails, steps, way-back; did you mean 'authors'? Correct the key or remove it.",
            ]
        },
        {
            "MissingContents",
            "emergency: { scenarios: s, organisation: o, decision: d, response: r, tools: t, working-rules: w }\n",
            "",
            [
                "failover.yaml:1:1: a plan without 'emergency'; allowed: a mapping of keys. Add 'emergency:'.",
            ]
        },
        {
            "EmptyContent",
            "organisation: o,",
            "organisation: '',",
            [
                "failover.yaml:8:42: 'organisation' is empty; allowed: a text. Write a value.",
            ]
        },
        {
            "MissingContent",
            "targets: t, procedure: p, manual: m,",
            "targets: t, procedure: p,",
            [
                "failover.yaml:9:11: the recovery part (7.5 a, contents 7 to 11) without 'manual'; allowed: a text. Add 'manual:'.",
            ]
        },
        {
            "BadKind",
            "kind: failover\n",
            "kind: fail-over\n",
            [
                "failover.yaml:4:7: 'kind' is 'fail-over'; allowed: component-switch, test-failover, switchover, failover, failback, restore, joint; did you mean 'failover'? Use one of the allowed words.",
            ]
        },
        {
            "BadMode",
            "modes: [live, tabletop]",
            "modes: [live, table-top]",
            [
                "failover.yaml:5:15: a mode is 'table-top'; allowed: tabletop, rehearsal, live, real; did you mean 'tabletop'? Use one of the allowed words.",
            ]
        },
        {
            "MissingSystem",
            "systems: [ledger]",
            "systems: [legder]",
            [
                "estate.yaml:36:65: the plan 'failover' is not for 'ledger'; allowed: a plan whose 'systems:' name it. Name another plan or system.",
                "failover.yaml:6:11: there is no system 'legder'; allowed: ledger; did you mean 'ledger'? Declare the system or correct the name.",
                "failover.yaml:28:25: 'ledger' is no system of the plan; allowed: legder. Add it to 'systems:' or correct the name.",
            ]
        },
        {
            "VerificationStepMissing",
            "step: business-verification }",
            "step: busines-verification }",
            [
                "failover.yaml:9:81: there is no step 'busines-verification'; allowed: fence-primary, promote, wait-a, wait-b, move-traffic, business-verification, rejoin, unfence; did you mean 'business-verification'? Name the step in which the business verifies.",
            ]
        },
        {
            "VerificationByOtherKind",
            "step: business-verification }",
            "step: promote }",
            [
                "failover.yaml:9:81: the step 'promote' is no task of a business verifier; allowed: a step of kind 'task' with the role 'business-verifier'. Name the step in which the business verifies.",
            ]
        },
        {
            "VerificationByOtherRole",
            "role: business-verifier, text",
            "role: operator, text",
            [
                "failover.yaml:9:81: the step 'business-verification' is no task of a business verifier; allowed: a step of kind 'task' with the role 'business-verifier'. Name the step in which the business verifies.",
            ]
        },
        {
            "ApprovalRoleUnknown",
            "role: approver",
            "role: aprover",
            [
                "failover.yaml:11:33: 'role' is 'aprover'; allowed: viewer, operator, approver, business-verifier, auditor, admin; did you mean 'approver'? Use one of the allowed words.",
            ]
        },
        {
            "ApprovalRoleOfNobody",
            "role: approver",
            "role: auditor",
            [
                "failover.yaml:11:33: nobody in the estate has the role 'auditor'. Give it to a person under 'people:', or ask another role.",
            ]
        },
        {
            "ApprovalWithTheNameOfAStep",
            "name: run-approval",
            "name: business-verification",
            [
                "failover.yaml:11:13: the approval 'business-verification' has the name of a step: an answer to one would count for the other. Give it another name.",
            ]
        },
        {
            "AuthorWhoIsNoPerson",
            "authors: [requester]",
            "authors: [requestor]",
            [
                "failover.yaml:7:11: there is no person 'requestor'; allowed: requester, chen, verifier; did you mean 'requester'? Name who wrote the plan: they do not approve its runs.",
            ]
        },
        {
            "IrreversibleWithoutAWordOnPromotion",
            ", promotes: none }",
            " }",
            [
                "failover.yaml:42:5: a step without 'promotes'; allowed: { system: ..., fenced-by: ... } where it makes a site writable, otherwise none. Add 'promotes:'.",
            ]
        },
        {
            "ApprovalByAuthorsOnly",
            "authors: [requester]",
            "authors: [requester, chen]",
            [
                "failover.yaml:11:33: 1 must approve, but only 0 with the role 'approver' did not write the plan; allowed: approval by people who did not write the plan. Give the role to more people, lower the quorum, or ask another role.",
            ]
        },
        {
            "VerificationByAuthorsOnly",
            "authors: [requester]",
            "authors: [requester, verifier]",
            [
                "failover.yaml:40:5: 'business-verification' asks for a word that nobody can give: everybody with the role 'business-verifier' wrote the plan, or has the role in other modes; allowed: the word of a person who did not write the plan. Give the role to another person, or ask another role.",
            ]
        },
        {
            "CheckByAuthorsOnly",
            "    mark: fenced\n",
            "    mark: fenced\n    check: { role: operator, text: Is it fenced? }\n",
            [
                "failover.yaml:18:5: 'fence-primary' asks for a word that nobody can give: everybody with the role 'operator' wrote the plan, or has the role in other modes; allowed: the word of a person who did not write the plan. Give the role to another person, or ask another role.",
            ]
        },
        {
            "CheckWithoutItsParts",
            "    mark: fenced\n",
            "    mark: fenced\n    check: { rol: approver }\n",
            [
                "failover.yaml:24:12: a check by a second person without 'role'; allowed: viewer, operator, approver, business-verifier, auditor, admin. Add 'role:'.",
                "failover.yaml:24:12: a check by a second person without 'text'; allowed: a text. Add 'text:'.",
                "failover.yaml:24:14: unknown key 'rol' in a check by a second person; allowed: role, text, within; did you mean 'role'? Correct the key or remove it.",
            ]
        },
        {
            "TaskOfAnOwnerNobodyKnows",
            "text: Verify postings }",
            "text: Verify postings, owner: Paymnts, due: soon, attachment: maybe }",
            [
                "failover.yaml:40:111: there is no person and no department 'Paymnts'; allowed: requester, chen, verifier, IT, Payments; did you mean 'Payments'? Name who is waited for: the id of a person, or a department.",
                "failover.yaml:40:125: 'due' is 'soon'; allowed: a number and a unit of ms, s, m, h or d, such as 500ms, 30s, 4h. Correct the value.",
                "failover.yaml:40:143: 'attachment' is 'maybe'; allowed: required, optional. Use one of the allowed words.",
            ]
        },
        {
            "ApprovalQuorumOutOfReach",
            "quorum: 1",
            "quorum: 2",
            [
                "failover.yaml:11:33: 2 must approve, but only 1 with the role 'approver' did not write the plan; allowed: approval by people who did not write the plan. Give the role to more people, lower the quorum, or ask another role.",
            ]
        },
        {
            "ApprovalTwice",
            "  - { name: run-approval, role: approver, quorum: 1, deadline: 10m }\n",
            "  - { name: run-approval, role: approver, quorum: 1, deadline: 10m }\n  - { name: run-approval, role: approver, deadline: 10m }\n",
            [
                "failover.yaml:12:13: duplicate approval 'run-approval', first at failover.yaml:11. Give it another name.",
            ]
        },
        {
            "UnknownGate",
            "targets-exist",
            "target-exists",
            [
                "failover.yaml:13:5: there is no gate 'target-exists'; allowed: targets-exist, standby-healthy; did you mean 'targets-exist'? Use one of the allowed words.",
            ]
        },
        {
            "GateWithTwoKinds",
            "  - standby-healthy:\n",
            "  - standby-healthy:\n    targets-exist: { workloads: [a] }\n",
            [
                "failover.yaml:14:5: a gate with 2 keys; allowed: exactly one key, its kind, and 'resume' beside it. Begin a new list item for each.",
            ]
        },
        {
            "GateParameterMissing",
            "targets-exist: { workloads: [StatefulSet/ledger-store] }",
            "targets-exist:",
            [
                "failover.yaml:13:19: the parameters of 'targets-exist' without 'workloads'; allowed: a list. Add 'workloads:'.",
            ]
        },
        {
            "GateWithReference",
            "[StatefulSet/ledger-store]",
            "[\"${steps.promote.lsn}\"]",
            [
                "failover.yaml:13:34: a reference in '${steps.promote.lsn}'; allowed: fixed values, since no step has run here. Write the value.",
            ]
        },
        {
            "SteadyStateProbeMissing",
            "probe: { name: ledger-posting }",
            "probe: { name: ledger-posing }",
            [
                "failover.yaml:16:20: there is no probe 'ledger-posing'; allowed: ledger-posting, dr-store; did you mean 'ledger-posting'? Declare the probe or correct the name.",
            ]
        },
        {
            "UnknownStepKind",
            "kind: k8s.fence",
            "kind: k8s.fense",
            [
                "failover.yaml:19:11: 'kind' is 'k8s.fense'; allowed: wait, task, http, k8s.fence, k8s.job, k8s.unfence, probe, recoveryPoint; did you mean 'k8s.fence'? Use one of the allowed words.",
            ]
        },
        {
            "StepWithoutKind",
            "name: wait-a, kind: wait,",
            "name: wait-a,",
            [
                "failover.yaml:33:9: a step without 'kind'; allowed: wait, task, http, k8s.fence, k8s.job, k8s.unfence, probe, recoveryPoint. Add 'kind:'.",
            ]
        },
        {
            "StepKeyUnknown",
            "    mark: fenced\n",
            "    marks: fenced\n",
            [
                "failover.yaml:23:5: unknown key 'marks' in a step; allowed: name, kind, title, site, with, needs, mark, promotes, point-of-no-return, timeout, retries, on-failure, check, verify, rehearsal, system; did you mean 'mark'? Correct the key or remove it.",
            ]
        },
        {
            "BadMark",
            "mark: business-verified",
            "mark: businessVerified",
            [
                "failover.yaml:40:112: 'mark' is 'businessVerified'; allowed: detected, declared, decided, fenced, promoted, application-healthy, traffic-moved, technically-confirmed, business-verified; did you mean 'business-verified'? Use one of the allowed words.",
            ]
        },
        {
            "SiteMissing",
            "    site: primary\n    with: { workloads",
            "    with: { workloads",
            [
                "failover.yaml:18:5: a step without 'site'; allowed: the name of a site with Kubernetes. Add 'site:'.",
            ]
        },
        {
            "SiteUnknown",
            "name: rejoin, kind: k8s.job, site: primary",
            "name: rejoin, kind: k8s.job, site: primay",
            [
                "failover.yaml:42:42: there is no site 'primay'; allowed: primary, dr, paper; did you mean 'primary'? Declare the site or correct the name.",
            ]
        },
        {
            "SiteWithoutKubernetes",
            "name: rejoin, kind: k8s.job, site: primary",
            "name: rejoin, kind: k8s.job, site: paper",
            [
                "failover.yaml:42:42: the site 'paper' has no Kubernetes, which 'k8s.job' needs. Give the site 'kubeconfig' and 'context', or name another.",
            ]
        },
        {
            "ParameterUnknown",
            "follow: false",
            "folow: false",
            [
                "failover.yaml:37:96: unknown key 'folow' in the parameters of 'http'; allowed: endpoint, method, path, body, status, follow, accept; did you mean 'follow'? Correct the key or remove it.",
            ]
        },
        {
            "ParameterMissing",
            "with: { for: 1s }",
            "with: {}",
            [
                "failover.yaml:33:43: the parameters of 'wait' without 'for'; allowed: a number and a unit of ms, s, m, h or d, such as 500ms, 30s, 4h. Add 'for:'.",
            ]
        },
        {
            "WithMissing",
            ", with: { for: 1s }",
            "",
            [
                "failover.yaml:33:9: the parameters of 'wait' without 'for'; allowed: a number and a unit of ms, s, m, h or d, such as 500ms, 30s, 4h. Add 'for:'.",
            ]
        },
        {
            "ParameterNoDuration",
            "{ for: 1s }",
            "{ for: soon }",
            [
                "failover.yaml:33:50: 'for' is 'soon'; allowed: a number and a unit of ms, s, m, h or d, such as 500ms, 30s, 4h. Correct the value.",
            ]
        },
        {
            "ParameterNoInteger",
            "status: \"${steps.promote.epoch}\"",
            "status: many",
            [
                "failover.yaml:37:70: 'status' is 'many'; allowed: a whole number. Correct the value.",
            ]
        },
        {
            "ParameterNoBoolean",
            "follow: false",
            "follow: no",
            [
                "failover.yaml:37:104: 'follow' is 'no'; allowed: true, false. Correct the value.",
            ]
        },
        {
            "ParameterNotOneOf",
            "method: PUT",
            "method: PTU",
            [
                "failover.yaml:37:43: 'method' is 'PTU'; allowed: GET, PUT; did you mean 'PUT'? Use one of the allowed words.",
            ]
        },
        {
            "ParameterNoList",
            "accept: [a, b]",
            "accept: a",
            [
                "failover.yaml:37:119: 'accept' is a text; allowed: a list. Write '[a, b]', or lines that begin with '- '.",
            ]
        },
        {
            "EndpointMissing",
            "endpoint: front-door",
            "endpoint: frontdoor",
            [
                "failover.yaml:37:23: there is no endpoint 'frontdoor'; allowed: front-door; did you mean 'front-door'? Declare the endpoint or correct the name.",
            ]
        },
        {
            "StepParameterMissing",
            "{ fence: fence-primary }",
            "{ fence: fence-primry }",
            [
                "failover.yaml:43:71: there is no step 'fence-primry'; allowed: fence-primary, promote, wait-a, wait-b, move-traffic, business-verification, rejoin, unfence; did you mean 'fence-primary'? Declare the step or correct the name.",
            ]
        },
        {
            "RoleParameterUnknown",
            "role: business-verifier, text",
            "role: business, text",
            [
                "failover.yaml:40:62: 'role' is 'business'; allowed: viewer, operator, approver, business-verifier, auditor, admin. Use one of the allowed words.",
            ]
        },
        {
            "NeedsMissing",
            "needs: [fence-primary]",
            "needs: [fence-dr]",
            [
                "failover.yaml:34:64: there is no step 'fence-dr'; allowed: fence-primary, promote, wait-a, wait-b, move-traffic, business-verification, rejoin, unfence. Declare the step or correct the name.",
            ]
        },
        {
            "Cycle",
            "needs: [fence-primary]",
            "needs: [move-traffic]",
            [
                "failover.yaml:34:9: steps need each other in a circle: wait-b -> move-traffic -> wait-b. Remove one of these needs.",
            ]
        },
        {
            "NeedsItself",
            "needs: [fence-primary]",
            "needs: [wait-b]",
            [
                "failover.yaml:34:9: steps need each other in a circle: wait-b -> wait-b. Remove one of these needs.",
            ]
        },
        {
            "DuplicateStep",
            "name: wait-b",
            "name: wait-a",
            [
                "failover.yaml:34:17: duplicate step 'wait-a', first at failover.yaml:33. Give it another name.",
            ]
        },
        {
            "DuplicateStepOverWayBack",
            "name: rejoin",
            "name: promote",
            [
                "failover.yaml:42:13: duplicate step 'promote', first at failover.yaml:24. Give it another name.",
            ]
        },
        {
            "WayBackTooEarly",
            "with: { command: [rejoin] }",
            "with: { command: [rejoin] }, needs: [promote]",
            [
                "failover.yaml:42:5: 'rejoin' of the way back does not wait for 'wait-a' of the switch. Remove its 'needs:', or let it need a step of the way back.",
            ]
        },
        {
            "BadStepName",
            "name: wait-a",
            "name: Wait_A",
            [
                "failover.yaml:33:17: 'name' is 'Wait_A'; allowed: a name of lower-case letters, digits and hyphens, up to 40 characters. Correct the value.",
            ]
        },
        {
            "FenceMissing",
            "fenced-by: fence-primary",
            "fenced-by: fence-dr",
            [
                "failover.yaml:28:44: there is no step 'fence-dr'; allowed: fence-primary, promote, wait-a, wait-b, move-traffic, business-verification, rejoin, unfence. Declare the step or correct the name.",
            ]
        },
        {
            "FenceOfOtherKind",
            "fenced-by: fence-primary",
            "fenced-by: wait-a",
            [
                "failover.yaml:28:44: the step 'wait-a' is no fence but 'wait'; allowed: a step of kind 'k8s.fence'. Name the step that proves the old side fenced.",
            ]
        },
        {
            "FenceNotBefore",
            "    promotes: { system: ledger, fenced-by: fence-primary }\n",
            "    needs: []\n    promotes: { system: ledger, fenced-by: fence-primary }\n",
            [
                "failover.yaml:27:40: ${steps.fence-primary.proof}: 'fence-primary' may not have run before 'promote'; allowed: a step that comes before it. Let 'promote' need 'fence-primary', or do without its output.",
                "failover.yaml:29:44: the fence 'fence-primary' need not be done before 'promote'; allowed: a step that comes before it. Let the promotion need its fence.",
            ]
        },
        {
            "PromotesForeignSystem",
            "promotes: { system: ledger,",
            "promotes: { system: leger,",
            [
                "failover.yaml:28:25: there is no system 'leger'; allowed: ledger; did you mean 'ledger'? Declare the system or correct the name.",
            ]
        },
        {
            "NoReturnTakenAway",
            "    on-failure: stop\n",
            "    on-failure: stop\n    point-of-no-return: false\n",
            [
                "failover.yaml:32:25: 'k8s.job' cannot be taken back, whatever the plan says; allowed: true, or nothing. Remove 'point-of-no-return'.",
            ]
        },
        {
            "TimeoutTooLong",
            "timeout: 1m",
            "timeout: 25h",
            [
                "failover.yaml:30:14: 'timeout' is '25h'; allowed: 1ms to 1d. Choose a value in range.",
            ]
        },
        {
            "TooManyRetries",
            "retries: 2",
            "retries: 11",
            [
                "failover.yaml:39:14: 'retries' is '11'; allowed: a whole number from 0 to 10. Correct the value.",
            ]
        },
        {
            "BadOnFailure",
            "on-failure: stop",
            "on-failure: halt",
            [
                "failover.yaml:31:17: 'on-failure' is 'halt'; allowed: rollback, stop, continue. Use one of the allowed words.",
            ]
        },
        {
            "ReferenceToMissingStep",
            "--proof=${steps.fence-primary.proof}",
            "--proof=${steps.fence.proof}",
            [
                "failover.yaml:27:40: ${steps.fence.proof}: there is no step 'fence'; allowed: fence-primary, promote, wait-a, wait-b, move-traffic, business-verification, rejoin, unfence; did you mean 'unfence'? Correct the name of the step.",
            ]
        },
        {
            "ReferenceToLaterStep",
            "--proof=${steps.fence-primary.proof}",
            "--proof=${steps.rejoin.epoch}",
            [
                "failover.yaml:27:40: ${steps.rejoin.epoch}: 'rejoin' may not have run before 'promote'; allowed: a step that comes before it. Let 'promote' need 'rejoin', or do without its output.",
            ]
        },
        {
            "ReferenceToParallelStep",
            "- { name: wait-a, kind: wait, with: { for: 1s } }",
            "- { name: wait-a, kind: http, with: { endpoint: front-door, method: GET, path: \"${steps.wait-b.waited}\" } }",
            [
                "failover.yaml:33:86: ${steps.wait-b.waited}: 'wait-b' may not have run before 'wait-a'; allowed: a step that comes before it. Let 'wait-a' need 'wait-b', or do without its output.",
            ]
        },
        {
            "ReferenceToMissingOutput",
            "path: /route",
            "path: \"/route/${steps.promote.epok}\"",
            [
                "failover.yaml:37:54: ${steps.promote.epok}: 'k8s.job' has no output 'epok'; allowed: epoch, lsn. Correct the name of the output.",
            ]
        },
        {
            "ReferenceToStepThatMayFail",
            "    on-failure: stop\n",
            "    on-failure: continue\n",
            [
                "failover.yaml:37:70: ${steps.promote.epoch}: 'promote' may fail and be passed over (on-failure: continue). Let 'promote' stop or roll back, or do without its output.",
                "failover.yaml:37:152: ${steps.promote.epoch}: 'promote' may fail and be passed over (on-failure: continue). Let 'promote' stop or roll back, or do without its output.",
            ]
        },
        {
            "OtherTemplate",
            "path: /route",
            "path: \"/${HOME}\"",
            [
                "failover.yaml:37:54: '${' in '/${HOME}'; allowed: ${steps.NAME.OUTPUT}. Nothing else is templated; correct the reference.",
            ]
        },
        {
            "ReferenceInKey",
            "n: 3,",
            "\"${steps.promote.epoch}\": 3,",
            [
                "failover.yaml:37:178: a reference in the key '${steps.promote.epoch}'; allowed: references in values only. Move it into the value.",
            ]
        },
        {
            "EmptyParallel",
            "  - parallel:\n      - { name: wait-a, kind: wait, with: { for: 1s } }\n      - { name: wait-b, kind: wait, with: { for: 2s }, needs: [fence-primary] }\n",
            "  - parallel: []\n",
            [
                "failover.yaml:32:15: 'parallel' is an empty list; allowed: at least one item. Add an item.",
            ]
        },
        {
            "KeyBesideParallel",
            "  - parallel:\n",
            "  - site: dr\n    parallel:\n",
            [
                "failover.yaml:32:5: unknown key 'site' in a group of parallel steps; allowed: parallel. Correct the key or remove it.",
            ]
        },
        {
            "ParallelInParallel",
            "      - { name: wait-a, kind: wait, with: { for: 1s } }\n",
            "      - { parallel: [ { name: wait-a, kind: wait, with: { for: 1s } } ] }\n",
            [
                "failover.yaml:33:9: a step without 'kind'; allowed: wait, task, http, k8s.fence, k8s.job, k8s.unfence, probe, recoveryPoint. Add 'kind:'.",
                "failover.yaml:33:9: a step without 'name'; allowed: a name of lower-case letters, digits and hyphens, up to 40 characters. Add 'name:'.",
                "failover.yaml:33:11: unknown key 'parallel' in a step; allowed: name, kind, title, site, with, needs, mark, promotes, point-of-no-return, timeout, retries, on-failure, check, verify, rehearsal, system. Correct the key or remove it.",
            ]
        },
        {
            "StepAsText",
            "  - { name: unfence, kind: k8s.unfence, site: primary, with: { fence: fence-primary } }\n",
            "  - unfence\n",
            [
                "failover.yaml:43:5: a text instead of a step; allowed: a mapping of keys. Write 'key: value' lines.",
            ]
        },
        {
            "DuplicateKeyInWith",
            "with: { for: 1s }",
            "with: { for: 1s, for: 2s }",
            [
                "failover.yaml:33:54: duplicate key 'for', first at line 33. Keep one of the two.",
            ]
        },
        {
            "AliasInWith",
            "with: { for: 1s }",
            "with: *w",
            [
                "failover.yaml:33:43: an alias (*). Write the value out.",
            ]
        },
        {
            "RecoveryPointMissing",
            "{ name: wait-a, kind: wait, with: { for: 1s } }",
            "{ name: wait-a, kind: recoveryPoint, with: { name: ledger, at: dr2 } }",
            [
                "failover.yaml:33:60: there is no recovery point 'ledger'; allowed: ledger-replication. Declare the recovery point or correct the name.",
                "failover.yaml:33:72: there is no site 'dr2'; allowed: primary, dr, paper; did you mean 'dr'? Declare the site or correct the name.",
            ]
        },
        {
            "ProbeMissing",
            "{ name: wait-a, kind: wait, with: { for: 1s } }",
            "{ name: wait-a, kind: probe, with: { name: dr-stor } }",
            [
                "failover.yaml:33:52: there is no probe 'dr-stor'; allowed: ledger-posting, dr-store; did you mean 'dr-store'? Declare the probe or correct the name.",
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Load_OneThingWrong_ReportsExactlyThat(string name, string good, string bad, string[] expected)
    {
        using var folder = new EstateFolderBuilder();
        folder.Replace("failover.yaml", good, bad);

        var errors = folder.LoadErrors();

        errors.Select(error => error.ToString()).Should().Equal(expected, name);
    }
}

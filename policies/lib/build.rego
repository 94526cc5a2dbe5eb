# METADATA
# title: Build files as controls see them
# description: >-
#   Jobs, steps, scripts, images and variables of GitHub workflows, GitHub actions and GitLab
#   pipelines, each with its path. A wrong type makes an answer undefined, and `malformed` says why,
#   so that nothing that could not be read passes.
# scope: package
package merlon.lib.build

kind := input.subject.kind

is_github if kind in {"merlon/GitHubWorkflow", "merlon/GitHubAction"}

is_gitlab if kind == "merlon/GitLabPipeline"

# An expression that only the build service can fill in.
placeholder(text) if contains(text, "${{")

placeholder(text) if contains(text, "$[[")

placeholder(text) if regex.match(`\$\{?[A-Za-z_]`, text)

image_digest(image) if regex.match(`@sha256:[0-9a-f]{64}$`, image)

# ---- GitHub -------------------------------------------------------------------------------------

# YAML 1.1 reads the key `on` as true, and a value has keys of text.
on := input.object.on

on := input.object["true"] if not "on" in object.keys(input.object)

triggers contains on if is_string(on)

triggers contains t if {
	is_array(on)
	some t in on
}

triggers contains t if {
	is_object(on)
	some t, _ in on
}

jobs[name] := job if {
	kind == "merlon/GitHubWorkflow"
	is_object(input.object.jobs)
	some name, job in input.object.jobs
	is_object(job)
}

steps contains {"job": name, "step": step, "path": ["jobs", name, "steps", i]} if {
	some name, job in jobs
	is_array(job.steps)
	some i, step in job.steps
	is_object(step)
}

steps contains {"job": "", "step": step, "path": ["runs", "steps", i]} if {
	kind == "merlon/GitHubAction"
	is_array(input.object.runs.steps)
	some i, step in input.object.runs.steps
	is_object(step)
}

uses contains {"value": s.step.uses, "path": array.concat(s.path, ["uses"])} if some s in steps

uses contains {"value": job.uses, "path": ["jobs", name, "uses"]} if some name, job in jobs

# Texts into which GitHub pastes expressions before a shell or an interpreter reads them.
pasted contains {"text": s.step.run, "path": array.concat(s.path, ["run"])} if {
	some s in steps
	is_string(s.step.run)
}

pasted contains {"text": s.step["with"].script, "path": array.concat(s.path, ["with", "script"])} if {
	some s in steps
	is_string(s.step.uses)
	is_string(s.step["with"].script)
}

# ---- GitLab -------------------------------------------------------------------------------------

# Words of the top level that are no jobs.
reserved := {"stages", "variables", "include", "workflow", "image", "services", "cache", "spec", "pages_options"}

gitlab_jobs[name] := job if {
	is_gitlab
	is_object(input.object)
	some name, job in input.object
	not name in reserved
	is_object(job)
}

# Where scripts, images and variables of a pipeline stand: at the top and in each job.
places contains {"path": [], "at": input.object} if {
	is_gitlab
	is_object(input.object)
}

places contains {"path": [name], "at": job} if some name, job in gitlab_jobs

# ---- both ---------------------------------------------------------------------------------------

scripts contains s if some s in pasted

scripts contains {"text": text, "path": path} if {
	some p in places
	some key in ["script", "before_script", "after_script"]
	value := p.at[key]
	some [below, text] in lines(value)
	path := array.concat(array.concat(p.path, [key]), below)
}

# A script is a text or a list of texts and of lists of texts.
lines(value) := {[[], value]} if is_string(value)

lines(value) := {[[i], line] |
	some i, line in value
	is_string(line)
} | {[[i, j], line] |
	some i, inner in value
	is_array(inner)
	some j, line in inner
	is_string(line)
} if {
	is_array(value)
}

images contains {"value": job.container, "path": ["jobs", name, "container"]} if {
	some name, job in jobs
	is_string(job.container)
}

images contains {"value": job.container.image, "path": ["jobs", name, "container", "image"]} if {
	some name, job in jobs
	is_object(job.container)
}

images contains {"value": service.image, "path": ["jobs", name, "services", id, "image"]} if {
	some name, job in jobs
	is_object(job.services)
	some id, service in job.services
}

images contains {"value": input.object.runs.image, "path": ["runs", "image"]} if {
	kind == "merlon/GitHubAction"
	startswith(input.object.runs.image, "docker://")
}

images contains {"value": p.at.image, "path": array.concat(p.path, ["image"])} if {
	some p in places
	is_string(p.at.image)
}

images contains {"value": p.at.image.name, "path": array.concat(p.path, ["image", "name"])} if {
	some p in places
	is_object(p.at.image)
}

images contains {"value": service, "path": array.concat(p.path, ["services", i])} if {
	some p in places
	is_array(p.at.services)
	some i, service in p.at.services
	is_string(service)
}

images contains {"value": service.name, "path": array.concat(p.path, ["services", i, "name"])} if {
	some p in places
	is_array(p.at.services)
	some i, service in p.at.services
	is_object(service)
}

# Includes of other repositories and hosts; files of the repository itself are its own commit.
includes contains i if {
	is_gitlab
	some [path, entry] in include_entries
	i := include_of(entry, path)
}

include_entries contains [["include"], input.object.include] if not is_array(input.object.include)

include_entries contains [["include", i], entry] if {
	is_array(input.object.include)
	some i, entry in input.object.include
}

include_of(entry, path) := {"name": entry, "path": path, "pinned": false} if {
	is_string(entry)
	regex.match(`^https?://`, entry)
} else := {"name": entry.remote, "path": array.concat(path, ["remote"]), "pinned": pinned} if {
	is_string(entry.remote)
	pinned := startswith(object.get(entry, "integrity", ""), "sha256-")
} else := {"name": entry.project, "path": array.concat(path, ["project"]), "pinned": pinned} if {
	is_string(entry.project)
	pinned := regex.match(`^[0-9a-f]{40}$`, object.get(entry, "ref", ""))
} else := {"name": entry.component, "path": array.concat(path, ["component"]), "pinned": pinned} if {
	is_string(entry.component)
	pinned := regex.match(`@[0-9a-f]{40}$`, entry.component)
}

# Names and values of the environment, of inputs and of variables.
variables contains {"name": name, "value": value, "path": array.concat(path, [name])} if {
	some [path, block] in variable_blocks
	is_object(block)
	some name, value in block
}

variables contains {"name": name, "value": value.value, "path": array.concat(path, [name, "value"])} if {
	some [path, block] in variable_blocks
	is_object(block)
	some name, value in block
	is_object(value)
}

variable_blocks contains [["env"], input.object.env] if is_github

variable_blocks contains [["jobs", name, "env"], job.env] if some name, job in jobs

variable_blocks contains [["jobs", name, "with"], job["with"]] if some name, job in jobs

variable_blocks contains [array.concat(s.path, [key]), s.step[key]] if {
	some s in steps
	some key in ["env", "with"]
}

variable_blocks contains [array.concat(p.path, ["variables"]), p.at.variables] if some p in places

# ---- what could not be read ---------------------------------------------------------------------

malformed contains {"msg": "this is no build file: an object is expected", "path": []} if not is_object(input.object)

malformed contains {"msg": "the jobs cannot be read", "path": ["jobs"]} if {
	kind == "merlon/GitHubWorkflow"
	is_object(input.object)
	not is_object(object.get(input.object, "jobs", null))
}

malformed contains {"msg": "what starts it cannot be read", "path": ["on"]} if {
	kind == "merlon/GitHubWorkflow"
	is_object(input.object)
	not readable_triggers
}

readable_triggers if {
	count(triggers) > 0
	every t in triggers { is_string(t) }
}

malformed contains {"msg": sprintf("the job %s cannot be read", [name]), "path": ["jobs", name]} if {
	kind == "merlon/GitHubWorkflow"
	some name, job in input.object.jobs
	not is_object(job)
}

malformed contains {"msg": "the steps cannot be read", "path": ["jobs", name]} if {
	some name, job in jobs
	not is_array(object.get(job, "steps", []))
}

malformed contains {"msg": "the job has neither steps nor a workflow to call", "path": ["jobs", name]} if {
	some name, job in jobs
	not "steps" in object.keys(job)
	not "uses" in object.keys(job)
}

malformed contains {"msg": "a step cannot be read", "path": ["jobs", name, "steps", i]} if {
	some name, job in jobs
	is_array(job.steps)
	some i, step in job.steps
	not readable_step(step)
}

malformed contains {"msg": "what the action runs cannot be read", "path": ["runs"]} if {
	kind == "merlon/GitHubAction"
	is_object(input.object)
	not is_object(object.get(input.object, "runs", null))
}

malformed contains {"msg": "the steps cannot be read", "path": ["runs"]} if {
	kind == "merlon/GitHubAction"
	is_object(input.object.runs)
	not is_array(object.get(input.object.runs, "steps", []))
}

malformed contains {"msg": "a step cannot be read", "path": ["runs", "steps", i]} if {
	kind == "merlon/GitHubAction"
	is_array(input.object.runs.steps)
	some i, step in input.object.runs.steps
	not readable_step(step)
}

readable_step(step) if {
	is_string(object.get(step, "run", ""))
	is_string(object.get(step, "uses", ""))
	is_object(object.get(step, "with", {}))
}

malformed contains {"msg": "the script cannot be read", "path": array.concat(p.path, [key])} if {
	some p in places
	some key in ["script", "before_script", "after_script"]
	not readable_script(object.get(p.at, key, []))
}

readable_script(value) if is_string(value)

readable_script(value) if {
	is_array(value)
	every line in value { readable_line(line) }
}

readable_line(line) if is_string(line)

readable_line(line) if {
	is_array(line)
	every part in line { is_string(part) }
}

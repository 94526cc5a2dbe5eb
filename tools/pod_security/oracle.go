// Command oracle asks Kubernetes' own Pod Security library about every pod of its fixtures, at the
// newest version of the standards, whatever version a fixture was made for. It prints a line of
// JSON a pod: {"file", "baseline": [check...], "restricted": [check...]}, the checks that forbid it.
package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

// defaulted fills in what the API server fills in before admission sees a pod.
func defaulted(pod *corev1.Pod) {
	for i := range pod.Spec.Volumes {
		if pod.Spec.Volumes[i].VolumeSource == (corev1.VolumeSource{}) {
			pod.Spec.Volumes[i].EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
}

// failed names the checks that forbid the pod at the newest version of a level.
func failed(level api.Level, pod *corev1.Pod) []string {
	ids := []string{}
	replaced := map[policy.CheckID]bool{}
	checks := policy.DefaultChecks()
	for _, c := range checks {
		if level == api.LevelRestricted {
			for _, o := range c.Versions[len(c.Versions)-1].OverrideCheckIDs {
				replaced[o] = true
			}
		}
	}
	for _, c := range checks {
		if (c.Level == api.LevelRestricted && level == api.LevelBaseline) || replaced[c.ID] {
			continue
		}
		newest := c.Versions[len(c.Versions)-1]
		if !newest.CheckPod(&pod.ObjectMeta, &pod.Spec).Allowed {
			ids = append(ids, string(c.ID))
		}
	}
	sort.Strings(ids)
	return ids
}

func main() {
	root := os.Args[1]
	out := json.NewEncoder(os.Stdout)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var pod corev1.Pod
		if err := yaml.Unmarshal(text, &pod); err != nil {
			return err
		}
		defaulted(&pod)
		name, _ := filepath.Rel(root, path)
		return out.Encode(map[string]any{"file": name,
			"baseline":   failed(api.LevelBaseline, &pod),
			"restricted": failed(api.LevelRestricted, &pod)})
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

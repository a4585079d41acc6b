/// Constitutional AI (Bai et al. 2022), stage by stage: red-team prompts, critiques and revisions,
/// supervised learning, pairs of answers, AI feedback, preference model, reinforcement learning,
/// evaluation. Each stage has a folder that people can read and the next stage starts from.
@NullMarked
package org.align4j.pipeline.cai;

import org.jspecify.annotations.NullMarked;

"""Strings that carry no text: enum words, documented names, and identifiers in the providers' own forms."""

from __future__ import annotations

import re

WORDS = frozenset(
    """
    /v1/chat/completions /v1/completions /v1/embeddings /v1/images/edits /v1/images/generations /v1/moderations
    /v1/responses /v1/videos 1024x1024 1024x1536 1024x1792 12h 1536x1024 16g 1792x1024 1g 1h 24h 256x256 2h 30m 4g
    512x512 5m 64g 8h ACCURATE AUTO AUTO_PRESERVE_ORDER CHATBOT COMPLETE CONTEXTUAL DISABLED ENABLED END ERROR
    ERROR_LIMIT ERROR_TOXIC FAST MAX_TOKENS NONE OFF PLAN REQUIRED START STOP_SEQUENCE STRICT SYSTEM TEXT_CONTENT
    THINKING_CONTENT TIMEOUT TOOL TOOL_CALL UNKNOWN USER USER_CANCEL aac adaptive additional_tools agent.handoff
    all_turns allow allowed allowed_tools allowlist always and any api-key application/pdf application/zip apply_patch
    apply_patch_call apply_patch_call_output approximate array aside_text assistant assistants assistants_output audio
    audio/pcm audio/pcma audio/pcmu auto b64_json back base64 batch batch_output binary block boolean browser cache_hit
    cache_miss calling cancelled cancelling caption chat.completion chat.completion.chunk classification click client
    client_cancelled clustering code code_interpreter code_interpreter_call code_interpreter_call.outputs commentary
    compaction compaction_trigger comparison_response_not_found completed computer computer_call computer_call_output
    computer_call_output.output.image_url computer_screenshot computer_use computer_use_preview concise
    configuration_update connector connector_dropbox connector_gmail connector_googlecalendar connector_googledrive
    connector_microsoftteams connector_outlookcalendar connector_outlookemail connector_sharepoint container_auto
    container_file_citation container_reference content content_filter context_compacted conversation
    conversation.created conversation.item.added conversation.item.create conversation.item.created
    conversation.item.delete conversation.item.deleted conversation.item.done
    conversation.item.input_audio_transcription.completed conversation.item.input_audio_transcription.delta
    conversation.item.input_audio_transcription.failed conversation.item.input_audio_transcription.segment
    conversation.item.retrieve conversation.item.retrieved conversation.item.truncate conversation.item.truncated
    conversation.response create_file created_at critic current_turn custom custom_tool_call custom_tool_call_output
    daybreak_blue daybreak_red default default-2024-11-15 delete_file denied deny detailed developer diarized_json
    direct disabled discriminator document document_library document_url double_click drag duration edit embedding
    embeddings_by_type embeddings_floats enabled end_turn end_user_mismatch entry eos_token ephemeral eq equation error
    evals exec exit expired explicit failed far_field fast file file_citation file_path file_search file_search_call
    file_search_call.results final_answer finalizing find_in_page fine-tune fine-tune-results flac flex float footer
    forward friendly function function.call function.result function_call function_call_output generate generating gif
    grammar gt gte hd header high html http_error image image/gif image/jpeg image/png image/webp image_edit.completed
    image_edit.partial_image image_file image_generation image_generation.completed image_generation.partial_image
    image_generation_call image_url implicit in in_memory in_progress incomplete inf inline input input_audio
    input_audio_buffer.append input_audio_buffer.clear input_audio_buffer.cleared input_audio_buffer.commit
    input_audio_buffer.committed input_audio_buffer.dtmf_event_received input_audio_buffer.speech_started
    input_audio_buffer.speech_stopped input_audio_buffer.timeout_triggered input_changed input_file input_image
    input_text int8 integer interpreting invalid_request_error item.input_audio_transcription.logprobs item_reference
    jpeg json json_object json_schema keypress lark last_active_at left length linux list local local_shell
    local_shell_call local_shell_call_output logprobs logs low lt lte mac markdown max max_messages max_output_tokens
    max_tokens mcp mcp_approval_request mcp_approval_response mcp_call mcp_list_tools mcp_list_tools.completed
    mcp_list_tools.failed mcp_list_tools.in_progress mcp_protocol_error mcp_tool_execution_error medium message
    message.input message.input_image.image_url message.output message.output_text.logprobs minimal model_changed
    model_length model_mismatch moderation_result moderation_results move mp3 namespace natural ne near_field never nin
    none null number oauth2-token object opaque open_page opus or organization_mismatch original other output
    output_audio output_audio_buffer.clear output_audio_buffer.cleared output_audio_buffer.started
    output_audio_buffer.stopped output_text page pause_turn pcm pcm16 pending png potentially_unintended_data_access
    potentially_unintended_data_transfer potentially_unintended_destructive_activity pragmatic prefix_mismatch priority
    pro processed program program_output programmatic programmatic_tool_calling prompt_cache_key_changed protocol_error
    queued rate_limits.updated realtime realtime.conversation realtime.item realtime.response reasoning
    reasoning.encrypted_content reasoning_effort_changed reasoning_text redacted_thinking reference references refusal
    regex removed required resource resource_link response response.audio.delta response.audio.done
    response.audio.transcript.delta response.audio.transcript.done response.cancel
    response.code_interpreter_call.completed response.code_interpreter_call.in_progress
    response.code_interpreter_call.interpreting response.code_interpreter_call_code.delta
    response.code_interpreter_call_code.done response.compaction response.compaction.compacting response.completed
    response.content_part.added response.content_part.done response.create response.created
    response.custom_tool_call_input.delta response.custom_tool_call_input.done response.done response.failed
    response.file_search_call.completed response.file_search_call.in_progress response.file_search_call.searching
    response.function_call_arguments.delta response.function_call_arguments.done
    response.image_generation_call.completed response.image_generation_call.generating
    response.image_generation_call.in_progress response.image_generation_call.partial_image response.in_progress
    response.incomplete response.input_tokens response.mcp_call.completed response.mcp_call.failed
    response.mcp_call.in_progress response.mcp_call_arguments.delta response.mcp_call_arguments.done
    response.mcp_list_tools.completed response.mcp_list_tools.failed response.mcp_list_tools.in_progress
    response.output_audio.delta response.output_audio.done response.output_audio_transcript.delta
    response.output_audio_transcript.done response.output_item.added response.output_item.done
    response.output_text.annotation.added response.output_text.delta response.output_text.done response.queued
    response.reasoning_summary_part.added response.reasoning_summary_part.done response.reasoning_summary_text.delta
    response.reasoning_summary_text.done response.reasoning_text.delta response.reasoning_text.done
    response.refusal.delta response.refusal.done response.shell_call_command.added response.shell_call_command.delta
    response.shell_call_command.done response.shell_call_output_content.delta response.shell_call_output_content.done
    response.steer response.steer.accepted response.steer.failed response.steer.pending
    response.web_search_call.completed response.web_search_call.in_progress response.web_search_call.searching
    retention_ratio right scale score screenshot scroll search search_document search_query search_result searching
    segment semantic_vad server server_vad service_tier_changed session.created session.update session.updated shell
    shell_call shell_call_output signature skill_reference soonest srt sse standard standard_only static steered stop
    stop_sequence string summary_text svg system table text text/event-stream text/plain text_completion
    text_format_changed thinking timeout title tokens tool tool.execution tool_calls tool_execution_error tool_file
    tool_reference tool_search tool_search_call tool_search_output tool_use tools_changed transcribe
    transcript.text.segment transcription transparent turn_boundary turn_detected type ubinary ubuntu uint8 ultrafast
    unavailable unknown update_file upload uploaded url url_citation user user_data validating vector_store
    vector_store.file vector_store.files_batch verbose_json verbosity_changed vision vivid vtt wait
    waiting_for_required_input wav web_search web_search_2025_08_26 web_search_call web_search_call.action.sources
    web_search_call.results web_search_premium web_search_preview web_search_preview_2025_03_11 webp wheel windows word
    xhigh
    """.split()  # noqa: SIM905 - a table of words, readable as it stands
)
"""Values of enum fields. Anywhere else they are text, and any other value of an enum field is text too."""

NAMES = frozenset(
    """
    $defs accepted_prediction_tokens accepts access_programs acknowledged_safety_checks action actions adapter_id
    agent_id agent_version allowed_callers allowed_domains allowed_tools always anchor annotation annotation_index
    annotations api_key api_version approval_request_id approve approximate arguments async attributes audio
    audio_end_ms audio_start_ms audio_tokens authorization average_content_confidence_score
    average_page_confidence_score avg_logprob b64_json background background_options base64 bbox_annotation_format
    best_of best_of_sequences billed_units binary bit_depth block_on_error block_type_confidence_score blocks body
    bottom_right_x bottom_right_y button bytes cache_control cache_missed_tokens cache_write_tokens
    cache_write_tokens_details cached_image_tokens cached_text_tokens cached_tokens cached_tokens_details call call_id
    caller caller_id cancelled cancelled_at cancelling_at categories category category_applied_input_types
    category_scores chat_history choices chunk_overlap_tokens chunking_strategy citation_options citation_quality
    citations cited_text city classifications closed code command command_index commands compact_threshold
    comparison_response_id comparison_reusable_tokens completed completed_at completion completion_args
    completion_tokens completion_tokens_details completion_window complexity compression_ratio confidence
    confidence_scores confidence_scores_granularity confirmation confirmation_status connector connector_id
    connector_tokens connectors container container_id content content_index context context_compression
    context_management continuation_id continue_on_failure conversation conversation_id country create_response created
    created_at created_by criminal custom custom_category_thresholds custom_id cyber dangerous
    dangerous_and_criminal_content data days decoder_input_details defer_loading definition delay deleted delta
    description detail detailed_explanation details diff dimensions display display_height display_width do_sample
    doc_size_bytes document document_annotation document_annotation_format document_annotation_prompt document_ids
    document_index document_name document_url documents domain domain_secrets done done_reason dpi duration eagerness
    echo effort embedding embedding_only embedding_types embedding_weight embeddings enabled encoding encoding_format
    encrypted_content end end_char_index end_index end_turn endpoint enum env environment error error_file_id
    error_message error_type errors eval_count eval_duration event event_id exclude execution exit_code expired_at
    expires_after expires_at external_web_access extract_footer extract_header f16_kv failed failed_at favicon file
    file_counts file_data file_id file_ids file_name file_type file_url filename files filters finalizing_at financial
    fingerprint finish_reason first_id flagged float footer force_single_step format frame_count frame_duration_ms
    frequency_penalty from_entry_id function function_call functions generate generate_summary generated_text
    generated_tokens generation_id grammar group_id guardrails handoff_execution harassment harassment/threatening
    has_more hate hate/threatening hate_and_discrimination header headers health height hybrid_search hyperlinks id
    idle_timeout_ms ignore_other_categories illicit illicit/violent image image_annotation image_base64 image_gen
    image_id image_limit image_min_size image_tokens image_url images in_progress in_progress_at include include_blocks
    include_image_base64 include_obfuscation include_usage incomplete_details index info input input_audio
    input_fidelity input_file_id input_image_mask input_length input_schema input_token_details input_tokens
    input_tokens_details input_transformations input_type inputs instructions int8 interrupt_response is_deprecated
    is_experimental is_search_required is_unknown item item_id items jailbreaking json_schema k keep_alive key keys
    keywords known_speaker_names known_speaker_references language languages last_active_at last_error last_id law
    library_ids limit line load_duration logit_bias logits_all logprob logprobs logs low_vram main_gpu markdown
    max_chunk_size_tokens max_chunks_per_doc max_completion_tokens max_input_tokens max_new_tokens max_num_results
    max_output_length max_output_tokens max_spans max_tokens max_tokens_per_doc max_tool_calls max_uses mcp_servers md5
    media_type memory_limit message messages meta metadata method mime_type min_tokens minimum_content_confidence_score
    minimum_page_confidence_score mirostat mirostat_eta mirostat_tau misalignment modalities mode model model_name
    moderation moderation_details moderation_llm_v1 moderation_llm_v2 moderation_stage n name namespace network_policy
    never next_agent_id next_agent_name no_speech_prob noise_reduction num_batch num_ctx num_gpu num_keep num_predict
    num_requests num_thread numa obfuscation object operation options order outcome output output_compression
    output_dimension output_dtype output_expires_after output_file_id output_format output_index output_modalities
    output_schema output_token_details output_tokens output_tokens_details outputs p pages pages_processed
    parallel_tool_calls param parameter_definitions parameters params part part_ids partial partial_image_b64
    partial_image_index partial_images path pattern penalize_newline pending_safety_checks personality phase pii policy
    post_instructions preamble prediction prefill prefix prefix_padding_ms presence_penalty previous_agent_id
    previous_agent_name previous_item_id previous_response_id prewarm priority probability prompt prompt_audio_seconds
    prompt_cache_breakpoint prompt_cache_diagnostics prompt_cache_key prompt_cache_options prompt_cache_retention
    prompt_eval_count prompt_eval_duration prompt_logprobs prompt_mode prompt_tokens prompt_tokens_details
    prompt_truncation properties purpose quality queries query random_seed rank_fields ranker ranking_options rate
    rate_limits raw raw_prompting read_only reason reasoning reasoning_content reasoning_effort reasoning_tokens
    received_at reference_ids refusal region rejected_prediction_tokens relevance_score relevant_spans remaining
    repeat_last_n repeat_penalty repetition_penalty request_counts require_approval required required_input
    requires_confirmation reset_seconds response response_format response_id response_type result results
    retention_ratio return_documents return_full_text review_target revised_prompt rewrite_query role safe_prompt
    safety_identifier safety_mode schema score score_threshold scroll_x scroll_y search_content_types
    search_context_size search_queries search_queries_only search_query search_results search_units seconds seed seek
    segments self-harm self-harm/instructions self-harm/intent selfharm sequence_number server_description server_label
    server_tool_use server_url service_tier session sexual sexual/minors signature silence_duration_ms size skill_id
    skills source sources speaker special speed start start_char_index start_index static status status_details stderr
    stdout steer steps stop stop_details stop_reason stop_sequence stop_sequences store stream stream_format stream_id
    stream_options strength strict strict_tools style suffix summary summary_index svg svg_usage syntax system
    system_fingerprint table_format table_id tables task temperature template text text_offset text_tokens text_weight
    texts tfs_z think thinking threshold timeout timeout_ms timestamp_granularities timezone title token token_budget
    token_id token_ids token_limits token_logprobs tokens tool tool_call_id tool_calls tool_choice tool_configuration
    tool_confirmations tool_name tool_names tool_output tool_plan tool_results tool_usage tool_use_id tools top_k
    top_left_x top_left_y top_logprobs top_n top_n_tokens top_p top_prompt_logprobs top_tokens total total_duration
    total_tokens tracing transcript transcription truncate truncation ttl ttl_12h_tokens ttl_30m_tokens tunnel_id
    turn_detection type typical_p ubinary uint8 uri url url_citation usage usage_bytes usage_info use_mlock use_mmap
    user user_access_token user_id user_location value variables vector_store_id vector_store_ids verbosity version
    violence violence/graphic violence_and_threats vocab_only voice warnings watermark web_search web_search_options
    width word word_confidence_scores words workflow_name working_directory x y
    """.split()  # noqa: SIM905 - likewise
)
"""Names of members that the providers document. Any other name of a member is text."""

ID = re.compile(
    r"(?:call|toolu|srvtoolu|mcptoolu|msg|fc|fco|rs|resp|ctc|mcp|mcpr|ws|fs|ci|ig|file|container|conv|req|msgbatch"
    r"|chatcmpl|cmpl|fp)[_-][A-Za-z0-9_-]{1,80}"
)
"""Identifiers that the providers hand out. They must stay as they are: calls and results are joined by them."""

SEALED = re.compile(r"[A-Za-z0-9+/_-]{64,}={0,2}")
"""Signed or encrypted values: base64 of 48 bytes and more. What is shorter could be anything."""
